// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/symbol_ranges.h"

#include <limits>

#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr std::uint64_t kLastAddress = std::numeric_limits<std::uint64_t>::max();

void addFunctions(std::span<const std::uint32_t> functions, const VmKey &vm, const KernelSymbols &symbols,
    std::vector<CodeRange> &ranges)
{
    for (const std::uint32_t i : functions)
        ranges.push_back({vm, symbols[i].begin, symbols[i].last});
}

// What lies between the functions.
void addGaps(const VmKey &vm, const KernelSymbols &symbols, std::vector<CodeRange> &ranges)
{
    std::uint64_t from = kKernelAddresses;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        if (symbols[i].begin > from)
            ranges.push_back({vm, from, symbols[i].begin - 1});
        if (symbols[i].last == kLastAddress)
            return;
        from = symbols[i].last + 1;
    }
    ranges.push_back({vm, from, kLastAddress});
}

} // namespace

QString codeName(CodeKind kind)
{
    switch (kind) {
    case CodeKind::User:
        return QStringLiteral("user code");
    case CodeKind::NoFunction:
        return QStringLiteral("kernel (no function)");
    case CodeKind::NoSymbols:
        return QStringLiteral("kernel (no symbols)");
    case CodeKind::Function:
        break;
    }
    return {};
}

QString codeName(const GuestCode &code, const GuestSymbols *symbols)
{
    return code.kind == CodeKind::Function && symbols ? symbols->name(code.name) : codeName(code.kind);
}

std::vector<CodeRange> codeNamed(const QString &name, const Recording &recording, const GuestSymbols *symbols)
{
    std::vector<CodeRange> ranges;
    for (const VmAt &vm : vmsOf(recording)) {
        const GuestSymbols::Kernel *kernel = symbols ? symbols->of(vm.key) : nullptr;
        if (name == codeName(CodeKind::User))
            ranges.push_back({vm.key, 0, kKernelAddresses - 1});
        else if (name == codeName(CodeKind::NoSymbols) && !kernel)
            ranges.push_back({vm.key, kKernelAddresses, kLastAddress});
        else if (name == codeName(CodeKind::NoFunction) && kernel)
            addGaps(vm.key, *kernel->symbols, ranges);
        else if (kernel)
            addFunctions(symbols->functionsNamed(*kernel, name), vm.key, *kernel->symbols, ranges);
    }
    return ranges;
}

bool selectSymbols(const QStringList &names, const Recording &recording, const GuestSymbols *symbols,
    Selection &selection, QString &error)
{
    for (const QString &name : names) {
        std::vector<CodeRange> ranges = codeNamed(name, recording, symbols);
        if (ranges.empty()) {
            const QString known = !symbols || symbols->empty()
                ? QStringLiteral("no symbols of any guest's kernel are known; give --symbols")
                : QStringLiteral("the symbols that were given have none; --by symbol prints the names");
            error = QStringLiteral("there is no symbol '%1': %2").arg(name, known);
            return false;
        }
        selection.symbols.insert_or_assign(name, std::move(ranges));
    }
    return true;
}

} // namespace exitscope
