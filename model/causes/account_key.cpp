// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/account_key.h"

#include <algorithm>
#include <array>

#include "model/causes/symbol_ranges.h"
#include "model/reference/target_names.h"
#include "model/statistics/selection_parser.h"
#include "model/statistics/userspace_text.h"

namespace exitscope {

namespace {

// A VM goes by the running number of its first vCPU.
KeyValue vmOf(const KeyContext &, const VcpuAt &vcpu, const ExitColumns &, std::size_t)
{
    return {0, vcpu.number - vcpu.key.vcpu};
}

KeyValue vcpuOf(const KeyContext &, const VcpuAt &vcpu, const ExitColumns &, std::size_t)
{
    return {0, vcpu.number};
}

KeyValue reasonOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, exits.reason(i)};
}

KeyValue scenarioOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, static_cast<std::uint64_t>(exits.scenario(i))};
}

KeyValue userspaceOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, exits.userspace(i)};
}

KeyValue targetOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, exits.target(i).packed};
}

KeyValue regionOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, exits.target(i).region().packed};
}

KeyValue touchOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, static_cast<std::uint64_t>(exits.touch(i))};
}

KeyValue addressOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    return {0, exits.guestRip(i)};
}

KeyValue pcpuOf(const KeyContext &, const VcpuAt &, const ExitColumns &exits, std::size_t i)
{
    const std::int32_t pcpu = exits.pcpu(i);
    return pcpu == kNoPcpu ? KeyValue{1, 0} : KeyValue{0, static_cast<std::uint64_t>(pcpu)};
}

// The kind of code, and of a function its name.
KeyValue symbolOf(const KeyContext &context, const VcpuAt &vcpu, const ExitColumns &exits, std::size_t i)
{
    const GuestCode code = codeAt(context.kernels[vcpu.number], exits.guestRip(i));
    return {static_cast<std::uint32_t>(code.kind), code.name};
}

QString vmText(const KeyContext &context, KeyValue value)
{
    return context.vcpus[value.value].vm->name;
}

QString vcpuText(const KeyContext &context, KeyValue value)
{
    return context.vcpus[value.value].id();
}

QString reasonText(const KeyContext &context, KeyValue value)
{
    return context.recording.reasons[value.value].name;
}

QString scenarioText(const KeyContext &, KeyValue value)
{
    const std::string_view scenario = name(static_cast<Scenario>(value.value));
    return QString::fromLatin1(scenario.data(), qsizetype(scenario.size()));
}

QString userspaceValueText(const KeyContext &, KeyValue value)
{
    return userspaceText(static_cast<std::uint8_t>(value.value));
}

QString targetValueText(const KeyContext &, KeyValue value)
{
    return targetText({value.value});
}

// Of pages those of 2 MiB; an account of targets tells single ones.
QString regionText(const KeyContext &, KeyValue value)
{
    const Target first{value.value};
    return first.kind() == TargetKind::Page ? QString(QStringLiteral("2 MiB at ") % valueText(first))
                                            : targetText(first);
}

QString touchText(const KeyContext &, KeyValue value)
{
    const std::string_view touch = name(static_cast<PageTouch>(value.value));
    return QString::fromLatin1(touch.data(), qsizetype(touch.size()));
}

QString addressText(const KeyContext &, KeyValue value)
{
    return QStringLiteral("0x") % QString::number(value.value, 16);
}

QString pcpuText(const KeyContext &, KeyValue value)
{
    return value.kind == 0 ? QString::number(value.value) : noneText();
}

QString symbolText(const KeyContext &context, KeyValue value)
{
    return codeName(
        GuestCode{static_cast<CodeKind>(value.kind), static_cast<std::uint32_t>(value.value)}, context.symbols);
}

QStringList vmFilter(const KeyContext &context, KeyValue value)
{
    QStringList options;
    const VmKey vm = context.vcpus[value.value].key.vm;
    for (std::size_t i = value.value; i < context.vcpus.size() && context.vcpus[i].key.vm == vm; ++i)
        options << QStringLiteral("--vcpu") << context.vcpus[i].id();
    return options;
}

QStringList vcpuFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--vcpu"), vcpuText(context, value)};
}

// VMX and SVM can have one name for two reasons.
QStringList reasonFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--reason"), codeText(context.recording.reasons[value.value].key)};
}

QStringList scenarioFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--scenario"), scenarioText(context, value)};
}

QStringList userspaceFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--userspace"), userspaceValueText(context, value)};
}

QStringList targetFilter(const KeyContext &, KeyValue value)
{
    return {QStringLiteral("--target"), codeText(Target{value.value})};
}

QStringList regionFilter(const KeyContext &, KeyValue value)
{
    return {QStringLiteral("--region"), codeText(Target{value.value})};
}

QStringList touchFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--touch"), touchText(context, value)};
}

QStringList addressFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--address"), addressText(context, value)};
}

QStringList pcpuFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--pcpu"), pcpuText(context, value)};
}

QStringList symbolFilter(const KeyContext &context, KeyValue value)
{
    return {QStringLiteral("--symbol"), symbolText(context, value)};
}

void vmSelect(const KeyContext &context, KeyValue value, Selection &selection)
{
    const VmKey vm = context.vcpus[value.value].key.vm;
    for (std::size_t i = value.value; i < context.vcpus.size() && context.vcpus[i].key.vm == vm; ++i)
        selection.vcpus.insert(context.vcpus[i].key);
}

void vcpuSelect(const KeyContext &context, KeyValue value, Selection &selection)
{
    selection.vcpus = {context.vcpus[value.value].key};
}

void reasonSelect(const KeyContext &context, KeyValue value, Selection &selection)
{
    selection.reasons.insert(context.recording.reasons[value.value].key);
}

void scenarioSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.scenarios.insert(static_cast<Scenario>(value.value));
}

void userspaceSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.userspace.insert(static_cast<std::uint8_t>(value.value));
}

void targetSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.targets.insert(Target{value.value});
}

void regionSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.regions.insert(Target{value.value});
}

void touchSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.touches.insert(static_cast<PageTouch>(value.value));
}

void addressSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.addresses.insert(value.value);
}

void pcpuSelect(const KeyContext &, KeyValue value, Selection &selection)
{
    selection.pcpus.insert(value.kind == 0 ? static_cast<std::int32_t>(value.value) : kNoPcpu);
}

void symbolSelect(const KeyContext &context, KeyValue value, Selection &selection)
{
    const QString name = symbolText(context, value);
    selection.symbols.insert_or_assign(name, codeNamed(name, context.recording, context.symbols));
}

template <GuestLabel Label>
KeyValue guestOf(const KeyContext &context, const VcpuAt &vcpu, const ExitColumns &, std::size_t i)
{
    return {0, context.guests ? context.guests->labelOf(vcpu.number, i, Label) : ExitGuests::kUnknown};
}

QString guestText(const KeyContext &context, KeyValue value)
{
    static const ExitGuests kNone;
    return (context.guests ? *context.guests : kNone).text(static_cast<std::uint32_t>(value.value));
}

template <auto Set>
void guestSelect(const KeyContext &context, KeyValue value, Selection &selection)
{
    (selection.*Set).insert(guestText(context, value));
}

template <GuestLabel Label>
QStringList guestFilter(const KeyContext &context, KeyValue value)
{
    constexpr const char *kOptions[] = {"--thread", "--process", "--syscall", "--context"}; // by GuestLabel
    return {QString::fromLatin1(kOptions[static_cast<std::size_t>(Label)]), guestText(context, value)};
}

template <GuestLabel Label, auto Set>
constexpr AccountKeyRow guestRow(AccountKey key, const char *name, const char *title)
{
    return {key, name, title, true, guestOf<Label>, guestText, guestFilter<Label>, guestSelect<Set>, true};
}

constexpr std::array kRows{
    AccountKeyRow{AccountKey::Vm, "vm", "VM", true, vmOf, vmText, vmFilter, vmSelect},
    AccountKeyRow{AccountKey::Vcpu, "vcpu", "vCPU", true, vcpuOf, vcpuText, vcpuFilter, vcpuSelect},
    AccountKeyRow{AccountKey::Reason, "reason", "Reason", true, reasonOf, reasonText, reasonFilter, reasonSelect},
    AccountKeyRow{
        AccountKey::Scenario, "scenario", "Scenario", true, scenarioOf, scenarioText, scenarioFilter, scenarioSelect},
    AccountKeyRow{AccountKey::Userspace, "userspace", "User space", true, userspaceOf, userspaceValueText,
        userspaceFilter, userspaceSelect},
    AccountKeyRow{AccountKey::Target, "target", "Target", true, targetOf, targetValueText, targetFilter, targetSelect},
    AccountKeyRow{AccountKey::Region, "region", "Region", true, regionOf, regionText, regionFilter, regionSelect},
    AccountKeyRow{AccountKey::Touch, "touch", "Touch", true, touchOf, touchText, touchFilter, touchSelect},
    AccountKeyRow{
        AccountKey::Address, "address", "Address", false, addressOf, addressText, addressFilter, addressSelect},
    AccountKeyRow{AccountKey::Pcpu, "pcpu", "pCPU", false, pcpuOf, pcpuText, pcpuFilter, pcpuSelect},
    AccountKeyRow{AccountKey::Symbol, "symbol", "Symbol", true, symbolOf, symbolText, symbolFilter, symbolSelect},
    guestRow<GuestLabel::Thread, &ExitFilters::threads>(AccountKey::Thread, "thread", "Guest thread"),
    guestRow<GuestLabel::Process, &ExitFilters::processes>(AccountKey::Process, "process", "Guest process"),
    guestRow<GuestLabel::Syscall, &ExitFilters::syscalls>(AccountKey::Syscall, "syscall", "System call"),
    guestRow<GuestLabel::Context, &ExitFilters::contexts>(AccountKey::Context, "context", "Context"),
};

constexpr bool isInOrder()
{
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (static_cast<std::size_t>(kRows[i].key) != i)
            return false;
    return true;
}
static_assert(isInOrder(), "kRows has a row for each AccountKey, in its order");

} // namespace

std::span<const AccountKeyRow> accountKeyRows()
{
    return kRows;
}

const AccountKeyRow &info(AccountKey key)
{
    return kRows[static_cast<std::size_t>(key)];
}

std::optional<std::vector<AccountKey>> parseAccountKeys(const QString &text, QString &error)
{
    std::vector<AccountKey> keys;
    for (const QString &word : text.split(QLatin1Char(','))) {
        const auto row = std::ranges::find_if(
            kRows, [&](const AccountKeyRow &known) { return word == QLatin1String(known.name); });
        if (row == kRows.end()) {
            QStringList names;
            for (const AccountKeyRow &known : kRows)
                names << QString::fromLatin1(known.name);
            error = QStringLiteral("there is no key '%1'; there are: %2").arg(word, names.join(QStringLiteral(", ")));
            return std::nullopt;
        }
        if (std::ranges::find(keys, row->key) != keys.end()) {
            error = QStringLiteral("the key '%1' stands there twice").arg(word);
            return std::nullopt;
        }
        keys.push_back(row->key);
    }
    return keys;
}

} // namespace exitscope
