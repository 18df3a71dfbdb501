// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/filter_sets.h"

#include <algorithm>
#include <array>
#include <optional>

namespace exitscope {

namespace {

// As the row of the key says it, of a value that no recording need be looked at for.
QString keyText(const KeyContext &context, AccountKey key, KeyValue value)
{
    return info(key).text(context, value);
}

std::optional<FilterValue> vcpuValue(const KeyContext &context, const VcpuKey &key)
{
    const auto vcpu = std::ranges::lower_bound(context.vcpus, key, {}, &VcpuAt::key);
    if (vcpu == context.vcpus.end() || vcpu->key != key)
        return std::nullopt;
    return FilterValue{QStringLiteral("vcpu %1").arg(vcpu->number), QString(QStringLiteral("vCPU ") % vcpu->id()),
        QStringLiteral("Only these vCPUs")};
}

std::optional<FilterValue> reasonValue(const KeyContext &, const ReasonKey &key)
{
    const ExitReason reason = exitReason(key);
    return FilterValue{QString(QStringLiteral("reason ") % codeText(key)),
        QString(QStringLiteral("reason ") % reason.name),
        reason.meaning.isEmpty() ? QStringLiteral("Only exits with these reasons") : reason.meaning};
}

// What is told by one word behind the name of its set.
FilterValue plainValue(const QString &set, const QString &text, const QString &meaning)
{
    const QString whole = set % QLatin1Char(' ') % text;
    return {whole, whole, meaning};
}

std::optional<FilterValue> scenarioValue(const KeyContext &context, Scenario scenario)
{
    return plainValue(QStringLiteral("scenario"),
        keyText(context, AccountKey::Scenario, {0, static_cast<std::uint64_t>(scenario)}),
        QStringLiteral("Only exits of these scenarios"));
}

std::optional<FilterValue> addressValue(const KeyContext &context, std::uint64_t address)
{
    return plainValue(QStringLiteral("address"), keyText(context, AccountKey::Address, {0, address}),
        QStringLiteral("Only exits at these addresses of the guest"));
}

std::optional<FilterValue> pcpuValue(const KeyContext &context, std::int32_t pcpu)
{
    const KeyValue value = pcpu == kNoPcpu ? KeyValue{1, 0} : KeyValue{0, static_cast<std::uint64_t>(pcpu)};
    return plainValue(QStringLiteral("pCPU"), keyText(context, AccountKey::Pcpu, value),
        QStringLiteral("Only exits that began on these physical CPUs"));
}

std::optional<FilterValue> targetValue(const KeyContext &context, Target target)
{
    return plainValue(QStringLiteral("target"), keyText(context, AccountKey::Target, {0, target.packed}),
        QStringLiteral("Only exits that touched these"));
}

std::optional<FilterValue> regionValue(const KeyContext &context, Target target)
{
    return plainValue(QStringLiteral("region"), keyText(context, AccountKey::Region, {0, target.packed}),
        QStringLiteral("Only exits that touched these, pages as those of 2 MiB"));
}

std::optional<FilterValue> userspaceValue(const KeyContext &context, std::uint8_t userspace)
{
    return plainValue(QStringLiteral("user space"), keyText(context, AccountKey::Userspace, {0, userspace}),
        QStringLiteral("Only exits that went to user space for these reasons"));
}

std::optional<FilterValue> touchValue(const KeyContext &context, PageTouch touch)
{
    return plainValue(QStringLiteral("touch"),
        keyText(context, AccountKey::Touch, {0, static_cast<std::uint64_t>(touch)}),
        QStringLiteral("Only exits that met their page so"));
}

std::optional<FilterValue> symbolValue(
    const KeyContext &, const std::pair<const QString, std::vector<CodeRange>> &symbol)
{
    return plainValue(
        QStringLiteral("symbol"), symbol.first, QStringLiteral("Only exits in the code of these functions"));
}

std::optional<FilterValue> threadValue(const KeyContext &, const QString &thread)
{
    return plainValue(QStringLiteral("thread"), thread, QStringLiteral("Only exits of these threads of guests"));
}

std::optional<FilterValue> processValue(const KeyContext &, const QString &process)
{
    return plainValue(QStringLiteral("process"), process, QStringLiteral("Only exits of these processes of guests"));
}

std::optional<FilterValue> syscallValue(const KeyContext &, const QString &syscall)
{
    return plainValue(QStringLiteral("system call"), syscall,
        QStringLiteral("Only exits of threads in these system calls of guests"));
}

std::optional<FilterValue> contextValue(const KeyContext &, const QString &context)
{
    return plainValue(QStringLiteral("context"), context, QStringLiteral("Only exits out of these contexts of guests"));
}

// By what a set or a map knows a value.
template <typename T>
const T &keyOf(const T &value)
{
    return value;
}
template <typename T>
const QString &keyOf(const std::pair<const QString, T> &value)
{
    return value.first;
}

// What every set can do. Tell: its FilterValue of a value, without how to drop it; nothing: the recording lacks it.
template <auto Set, auto Tell>
struct SetOf {
    static std::vector<FilterValue> values(const KeyContext &context, const ExitFilters &filters)
    {
        std::vector<FilterValue> told;
        for (const auto &value : filters.*Set) {
            std::optional<FilterValue> one = Tell(context, value);
            if (!one)
                continue;
            one->drop = [value](ExitFilters &of) { (of.*Set).erase(keyOf(value)); };
            told.push_back(std::move(*one));
        }
        return told;
    }
    static bool isEmpty(const ExitFilters &filters) { return (filters.*Set).empty(); }
    static void clear(ExitFilters &filters) { (filters.*Set).clear(); }
    static bool isSame(const ExitFilters &a, const ExitFilters &b) { return a.*Set == b.*Set; }
    static bool holdsAll(const ExitFilters &filters, const ExitFilters &part)
    {
        return std::ranges::includes(filters.*Set, part.*Set);
    }
    static void add(ExitFilters &filters, const ExitFilters &part)
    {
        (filters.*Set).insert((part.*Set).begin(), (part.*Set).end());
    }
    static void remove(ExitFilters &filters, const ExitFilters &part)
    {
        for (const auto &value : part.*Set)
            (filters.*Set).erase(keyOf(value));
    }
    static void narrow(ExitFilters &filters, const ExitFilters &by)
    {
        auto both = filters.*Set;
        std::erase_if(both, [&](const auto &value) { return !(by.*Set).contains(keyOf(value)); });
        filters.*Set = both.empty() ? by.*Set : std::move(both);
    }
    static constexpr FilterSetRow row(const char *name, const char *ofMany)
    {
        return {name, ofMany, values, isEmpty, clear, isSame, holdsAll, add, remove, narrow};
    }
};

constexpr std::array kRows{
    SetOf<&ExitFilters::vcpus, vcpuValue>::row("vcpus", "vCPUs"),
    SetOf<&ExitFilters::reasons, reasonValue>::row("reasons", "reasons"),
    SetOf<&ExitFilters::scenarios, scenarioValue>::row("scenarios", "scenarios"),
    SetOf<&ExitFilters::addresses, addressValue>::row("addresses", "addresses"),
    SetOf<&ExitFilters::pcpus, pcpuValue>::row("pcpus", "pCPUs"),
    SetOf<&ExitFilters::targets, targetValue>::row("targets", "targets"),
    SetOf<&ExitFilters::regions, regionValue>::row("regions", "regions"),
    SetOf<&ExitFilters::userspace, userspaceValue>::row("userspace", "user-space reasons"),
    SetOf<&ExitFilters::touches, touchValue>::row("touches", "touches of pages"),
    SetOf<&ExitFilters::symbols, symbolValue>::row("symbols", "symbols"),
    SetOf<&ExitFilters::threads, threadValue>::row("threads", "threads"),
    SetOf<&ExitFilters::processes, processValue>::row("processes", "processes"),
    SetOf<&ExitFilters::syscalls, syscallValue>::row("syscalls", "system calls"),
    SetOf<&ExitFilters::contexts, contextValue>::row("contexts", "contexts"),
};

FilterSetMask bit(std::size_t set)
{
    return FilterSetMask(1) << set;
}

// Calls act(row) for each of the sets.
void forEachSet(FilterSetMask sets, const auto &act)
{
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if ((sets & bit(i)) != 0)
            act(kRows[i]);
}

} // namespace

std::span<const FilterSetRow> filterSets()
{
    return kRows;
}

FilterSetMask setsIn(const ExitFilters &filters)
{
    FilterSetMask sets = 0;
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (!kRows[i].isEmpty(filters))
            sets |= bit(i);
    return sets;
}

void clearSets(ExitFilters &filters, FilterSetMask sets)
{
    forEachSet(
        sets, [&](const FilterSetRow &row) { row.clear(filters); });
}

ExitFilters filtersOf(const KeyContext &context, std::span<const AccountKey> keys, std::span<const KeyValue> values)
{
    ExitFilters filters;
    for (std::size_t i = 0; i < values.size(); ++i) {
        Selection one;
        info(keys[i]).select(context, values[i], one);
        const FilterSetMask before = setsIn(filters);
        forEachSet(
            setsIn(one) & before, [&](const FilterSetRow &row) { row.narrow(filters, one); });
        forEachSet(setsIn(one) & ~before, [&](const FilterSetRow &row) { row.add(filters, one); });
    }
    return filters;
}

// By what the first exits have: all values of a key are filtered by the same sets.
FilterSetMask setsOf(const KeyContext &context, std::span<const AccountKey> keys)
{
    const auto setsOfKey = [&context](AccountKey key) {
        constexpr std::size_t kLookedAt = 16; // exits of each vCPU
        for (const VcpuAt &vcpu : context.vcpus) {
            const ExitColumns &exits = vcpu.vcpu->exits;
            for (std::size_t i = 0; i < std::min(kLookedAt, exits.size()); ++i) {
                Selection one;
                info(key).select(context, info(key).valueOf(context, vcpu, exits, i), one);
                if (const FilterSetMask sets = setsIn(one); sets != 0)
                    return sets;
            }
        }
        return FilterSetMask(0);
    };
    FilterSetMask sets = 0;
    for (const AccountKey key : keys)
        sets |= setsOfKey(key);
    return sets;
}

ExitFilters afterChoice(const ExitFilters &now, const ExitFilters &own, FilterSetMask sets, bool add)
{
    FilterSetMask others = 0; // sets of these keys that differ
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if ((sets & bit(i)) != 0 && !kRows[i].isSame(now, own))
            others |= bit(i);
    ExitFilters next = now;
    const bool isOneSet = (others & (others - 1)) == 0;
    if (add && others != 0 && isOneSet && (others & ~setsIn(own)) == 0) {
        forEachSet(others,
            [&](const FilterSetRow &row) { row.holdsAll(now, own) ? row.remove(next, own) : row.add(next, own); });
        return next;
    }
    clearSets(next, sets);
    if (others != 0)
        forEachSet(setsIn(own), [&](const FilterSetRow &row) { row.add(next, own); });
    return next;
}

bool isChosen(const ExitFilters &now, const ExitFilters &own, FilterSetMask sets)
{
    const FilterSetMask of = setsIn(own);
    bool holds = of != 0 && (setsIn(now) & of) == of && (setsIn(now) & sets & ~of) == 0;
    forEachSet(of, [&](const FilterSetRow &row) { holds = holds && row.holdsAll(now, own); });
    return holds;
}

} // namespace exitscope
