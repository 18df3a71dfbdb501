// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/exit_reason_names.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "app/reader/text/scan.h"

namespace exitscope::reader {

namespace {

struct Row {
    std::uint8_t isa;
    std::int64_t code;
    std::string_view name;
};

constexpr Row kRows[] = {
#include "app/reader/text/exit_reason_rows.inc" // made of resources/exit-reasons.csv
};

struct Alias {
    std::string_view text;
    std::string_view name; // as in the table
};

// Older kernels, and the kvm plug-in of libtraceevent where it does not just put EXIT_ before the name.
constexpr Alias kAliases[] = {
    {"PENDING_INTERRUPT", "INTERRUPT_WINDOW"},
    {"EXIT_INTR", "interrupt"},
    {"EXIT_IOIO", "io"},
    {"EXIT_IDTR_READ", "read_idtr"},
    {"EXIT_GDTR_READ", "read_gdtr"},
    {"EXIT_LDTR_READ", "read_ldtr"},
    {"EXIT_TR_READ", "read_rt"},
    {"EXIT_IDTR_WRITE", "write_idtr"},
    {"EXIT_GDTR_WRITE", "write_gdtr"},
    {"EXIT_LDTR_WRITE", "write_ldtr"},
    {"EXIT_TR_WRITE", "write_rt"},
    {"EXIT_VMMCALL", "hypercall"},
    {"EXIT_ERR", "invalid_guest_state"},
};

constexpr std::uint64_t kFailedEntry = 0x8000'0000;

using Names = std::unordered_map<std::string_view, ExitReason>;

const Names &names()
{
    static const Names all = [] {
        Names made;
        for (const Row &row : kRows)
            made.emplace(row.name, ExitReason{row.isa, static_cast<std::uint32_t>(row.code)});
        return made;
    }();
    return all;
}

std::optional<ExitReason> byName(std::string_view name)
{
    const auto found = names().find(name);
    return found == names().end() ? std::nullopt : std::optional(found->second);
}

// "EXIT_EXCP_PF" is "PF excp", "EXIT_CPUID" is "cpuid".
std::optional<ExitReason> byPluginName(std::string_view text)
{
    constexpr std::string_view kExit = "EXIT_";
    constexpr std::string_view kException = "EXIT_EXCP_";
    if (text.starts_with(kException))
        return byName(std::string(text.substr(kException.size())) + " excp");
    if (!text.starts_with(kExit))
        return std::nullopt;
    std::string name(text.substr(kExit.size()));
    for (char &c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return byName(name);
}

std::optional<ExitReason> byNumber(std::string_view text)
{
    constexpr std::string_view kUnknown = "UNKNOWN (";
    if (text.starts_with(kUnknown) && text.ends_with(')')) {
        text.remove_prefix(kUnknown.size());
        text.remove_suffix(1);
    }
    const auto code = scan::number(text);
    if (!code)
        return std::nullopt;
    const auto bits = static_cast<std::uint64_t>(*code);
    return ExitReason{0, *code < 0 && *code >= INT32_MIN ? bits & 0xffff'ffff : bits};
}

std::optional<ExitReason> byText(std::string_view text)
{
    if (const auto reason = byName(text))
        return reason;
    const auto *alias
        = std::find_if(std::begin(kAliases), std::end(kAliases), [&](const Alias &a) { return a.text == text; });
    if (alias != std::end(kAliases))
        return byName(alias->name);
    if (const auto reason = byPluginName(text))
        return reason;
    return byNumber(text);
}

std::optional<std::uint64_t> flagOf(std::string_view text)
{
    if (text == "FAILED_VMENTRY")
        return kFailedEntry;
    const auto bits = text.starts_with("0x") ? scan::hex(text) : std::nullopt;
    return bits ? std::optional(static_cast<std::uint64_t>(*bits)) : std::nullopt;
}

} // namespace

std::optional<ExitReason> exitReasonOf(std::string_view text)
{
    text = scan::trim(text);
    if (const auto reason = byText(text))
        return reason;
    const std::size_t last = text.find_last_of(" |");
    if (last == std::string_view::npos)
        return std::nullopt;
    // A name can have a blank too: from the right, what is a flag of VMX.
    const auto flag = flagOf(text.substr(last + 1));
    auto reason = flag ? exitReasonOf(text.substr(0, last)) : std::nullopt;
    if (reason)
        reason->code |= *flag;
    return reason;
}

} // namespace exitscope::reader
