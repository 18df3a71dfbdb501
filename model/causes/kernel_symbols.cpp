// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/kernel_symbols.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <tuple>

namespace exitscope {

namespace {

struct Symbol {
    std::uint64_t address = 0;
    char type = 0; // as nm has it
    std::string_view name;
    std::string_view module; // "[vhost]"; empty: of the kernel itself
};

// nm's T and t are what lies in the text section, W and w weak symbols that are no objects (those are V and v).
bool isCode(char type)
{
    return type == 'T' || type == 't' || type == 'W' || type == 'w';
}

// Where the linker says that code ends; no function begins there. Where kallsyms has functions only, they stand before
// megabytes of something else.
bool isEndMark(std::string_view name)
{
    return name == "_etext" || name == "_einittext";
}

bool isFunction(const Symbol &symbol)
{
    return isCode(symbol.type) && !isEndMark(symbol.name);
}

// Of several symbols at one address the first has the name: a function; global before weak before local; what has the
// fewest underscores in front, the shorter, by alphabet.
auto rankOf(const Symbol &symbol)
{
    const int binding = symbol.type == 'T' ? 0 : symbol.type == 't' ? 2 : 1;
    const std::size_t underscores = std::min(symbol.name.find_first_not_of('_'), symbol.name.size());
    return std::tuple(
        symbol.address, !isFunction(symbol), binding, underscores, symbol.name.size(), symbol.name, symbol.module);
}

std::string_view nextLine(std::string_view &rest)
{
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (line.ends_with('\r') || line.ends_with(' '))
        line.remove_suffix(1);
    return line;
}

// Names of kernels are plain; what would steer a terminal is no name.
bool isPlain(std::string_view name)
{
    return std::ranges::all_of(
        name, [](char c) { return c > ' ' && c <= '~'; });
}

// "ffffffff81000000 T _text", "ffffffffc0a01230 t vhost_poll_wakeup\t[vhost]".
std::optional<Symbol> parseLine(std::string_view line)
{
    constexpr std::ptrdiff_t kLeastDigits = 8;
    Symbol symbol;
    const char *const end = line.data() + line.size();
    const auto [digits, fault] = std::from_chars(line.data(), end, symbol.address, 16);
    const bool isAddress = fault == std::errc{} && digits - line.data() >= kLeastDigits;
    if (!isAddress || end - digits < 4 || digits[0] != ' ' || digits[2] != ' ')
        return std::nullopt;
    symbol.type = digits[1];
    symbol.name = line.substr(std::size_t(digits + 3 - line.data()));
    if (const std::size_t blank = symbol.name.find_first_of("\t "); blank != std::string_view::npos) {
        symbol.module = symbol.name.substr(std::min(symbol.name.find_first_not_of("\t ", blank), symbol.name.size()));
        symbol.name = symbol.name.substr(0, blank);
        if (!symbol.module.starts_with('[') || !symbol.module.ends_with(']'))
            return std::nullopt;
    }
    const bool isName = !symbol.name.empty() && isPlain(symbol.name) && isPlain(symbol.module);
    return isName ? std::optional(symbol) : std::nullopt;
}

bool parseLines(std::string_view text, std::vector<Symbol> &symbols, QString &error)
{
    std::int64_t number = 0;
    while (!text.empty()) {
        const std::string_view line = nextLine(text);
        ++number;
        if (line.empty())
            continue;
        const std::optional<Symbol> symbol = parseLine(line);
        if (!symbol) {
            error
                = QStringLiteral("line %1 is no symbol (ADDRESS TYPE NAME); give a copy of the guest's /proc/kallsyms, "
                                 "or the System.map of its kernel")
                      .arg(number);
            return false;
        }
        symbols.push_back(*symbol);
    }
    return true;
}

QString nameOf(const Symbol &symbol)
{
    QString name = QString::fromUtf8(symbol.name);
    if (!symbol.module.empty())
        name += QLatin1Char(' ') % QString::fromUtf8(symbol.module);
    return name;
}

// The end of the last symbol nobody tells: a page has one owner.
std::uint64_t endOfPage(std::uint64_t address)
{
    constexpr std::uint64_t kPage = 4096;
    return address | (kPage - 1);
}

QString faultOf(const QByteArray &text, const std::vector<Symbol> &symbols)
{
    if (symbols.empty())
        return text.isEmpty() ? QStringLiteral("it is empty") : QStringLiteral("it holds no symbol");
    if (std::ranges::none_of(symbols, isFunction))
        return QStringLiteral("it names no function (types T, t, W, w)");
    if (std::ranges::all_of(symbols, [](const Symbol &symbol) { return !isFunction(symbol) || symbol.address == 0; }))
        return QStringLiteral("all its addresses are 0, the kernel hid them: read /proc/kallsyms as root (sysctl "
                              "kernel.kptr_restrict=0), or give the System.map with the offset of KASLR");
    return {};
}

} // namespace

std::optional<KernelSymbols> KernelSymbols::parse(const QByteArray &text, std::uint64_t offset, QString &error)
{
    if (text.size() > kMostBytes) {
        error = QStringLiteral("it is larger than %1 MiB and no list of a kernel's symbols").arg(kMostBytes >> 20);
        return std::nullopt;
    }
    std::vector<Symbol> symbols;
    if (!parseLines({text.constData(), std::size_t(text.size())}, symbols, error))
        return std::nullopt;
    error = faultOf(text, symbols);
    if (!error.isEmpty())
        return std::nullopt;
    for (Symbol &symbol : symbols)
        symbol.address += offset;
    std::ranges::sort(symbols, {}, rankOf);
    KernelSymbols result;
    for (std::size_t i = 0, next = 0; i < symbols.size(); i = next) {
        while (next < symbols.size() && symbols[next].address == symbols[i].address)
            ++next;
        const std::uint64_t begin = symbols[i].address;
        if (!isFunction(symbols[i]) || begin < kKernelAddresses)
            continue; // below lies user code, and what has no address
        const std::uint64_t last = next < symbols.size() ? symbols[next].address - 1 : endOfPage(begin);
        result.m_functions.push_back({begin, last, nameOf(symbols[i])});
        result.m_begins.push_back(begin);
    }
    if (result.m_functions.empty()) {
        error = QStringLiteral("all its functions lie below 2^47, where user code is: it is of no 64-bit kernel");
        return std::nullopt;
    }
    return result;
}

bool KernelSymbols::recognizes(const QByteArray &begin)
{
    std::string_view rest(begin.constData(), std::size_t(begin.size()));
    return rest.find('\n') != std::string_view::npos && parseLine(nextLine(rest));
}

std::optional<std::size_t> KernelSymbols::at(std::uint64_t address) const
{
    const auto after = std::ranges::upper_bound(m_begins, address);
    if (after == m_begins.begin())
        return std::nullopt;
    const std::size_t i = std::size_t(after - m_begins.begin()) - 1;
    return address <= m_functions[i].last ? std::optional(i) : std::nullopt;
}

} // namespace exitscope
