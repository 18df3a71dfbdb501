// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/statistics_columns.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "model/timeline/time_per_state.h"

namespace exitscope {

namespace {

using Columns = std::vector<StatisticsColumn>;
using Row = StatisticsRow;
using Unit = StatisticsUnit;

constexpr double kNsPerSecond = 1e9;

QString tr(const char *text)
{
    return QCoreApplication::translate("StatisticsTable", text);
}

template <typename T>
QVariant variant(const std::optional<T> &value)
{
    if constexpr (std::is_integral_v<T>) // models sort a long, which Ns is, as a text
        return value ? QVariant(qlonglong(*value)) : QVariant();
    else
        return value ? QVariant(*value) : QVariant();
}

QVariant share(std::int64_t part, std::int64_t whole)
{
    return whole > 0 ? QVariant(100.0 * double(part) / double(whole)) : QVariant();
}

std::optional<Ns> minOf(const Distribution &d)
{
    return d.min;
}
std::optional<Ns> p50Of(const Distribution &d)
{
    return d.p50;
}
std::optional<Ns> p95Of(const Distribution &d)
{
    return d.p95;
}
std::optional<Ns> p99Of(const Distribution &d)
{
    return d.p99;
}
std::optional<Ns> maxOf(const Distribution &d)
{
    return d.max;
}

using PickDistribution = const Distribution &(*)(const Row &row);
using PickKnown = const std::optional<Distribution> &(*)(const Row &row);

// What is told of every distribution: titles begin with `title`, fields with `field`. `known`: what people are told of
// it, if that may be less.
void addDistribution(Columns &columns, const QString &title, const QString &field, const QString &of,
    PickDistribution pick, PickKnown known = nullptr)
{
    const auto ofKnown = [known](auto number) -> decltype(StatisticsColumn::known) {
        if (!known)
            return nullptr;
        return [known, number](const Row &row) { return known(row) ? variant(number(*known(row))) : QVariant(); };
    };
    struct Number {
        const char *name;
        const char *meaning;
        std::optional<Ns> (*value)(const Distribution &distribution);
    };
    static constexpr std::array<Number, 5> kNumbers{{
        {"p50", "the smallest value with at least 50 % of the values at or below it (nearest rank)", p50Of},
        {"p95", "the smallest value with at least 95 % of the values at or below it (nearest rank)", p95Of},
        {"p99", "the smallest value with at least 99 % of the values at or below it (nearest rank)", p99Of},
        {"max", "the largest value", maxOf},
        {"min", "the smallest value", minOf},
    }};
    for (const Number &number : kNumbers) {
        const QString name = QString::fromLatin1(number.name);
        columns.push_back({QString(title % name), QString(field % name % QStringLiteral("_ns")),
            QString(of % QStringLiteral(": ") % tr(number.meaning)), Unit::Duration,
            [pick, value = number.value](const Row &row) { return variant(value(pick(row))); }, ofKnown(number.value),
            true});
    }
    columns.push_back({QString(title % QStringLiteral("mean")), QString(field % QStringLiteral("mean_ns")),
        QString(of % QStringLiteral(": ") % tr("the mean, rounded to 0.1 ns")), Unit::Duration,
        [pick](const Row &row) { return variant(pick(row).mean); },
        ofKnown([](const Distribution &d) { return d.mean; })});
}

void addParts(Columns &columns)
{
    struct Part {
        const char *title;
        const char *field;
        const char *meaning;
        Ns ExitParts::*part;
    };
    static constexpr std::array<Part, 6> kParts{{
        {"Kvm", "kvm_ns", "Part of gross: the vCPU's thread was on a pCPU, neither in the guest nor in user space",
            &ExitParts::kvm},
        {"Userspace", "userspace_ns", "Part of gross: the vCPU's thread was out of KVM_RUN, in QEMU",
            &ExitParts::userspace},
        {"Preempted", "preempted_ns", "Part of gross, not of net: it wanted a pCPU and had none",
            &ExitParts::preempted},
        {"Idle", "idle_ns", "Part of gross, not of net: switched out asleep after a halt: the guest rested",
            &ExitParts::idle},
        {"Blocked", "blocked_ns", "Part of gross: switched out asleep otherwise: a lock, disk I/O in QEMU, …",
            &ExitParts::blocked},
        {"IRQ", "irq_ns", "Inside host interrupt work while in Kvm or Userspace: a part of these two, not a sixth part",
            &ExitParts::irq},
    }};
    for (const Part &part : kParts)
        columns.push_back({tr(part.title), QString::fromLatin1(part.field), tr(part.meaning), Unit::Duration,
            [member = part.part](const Row &row) { return QVariant(qlonglong(row.group->parts.*member)); }});
}

Ns netOf(const std::vector<ReasonGroup> &reasons)
{
    return std::accumulate(
        reasons.begin(), reasons.end(), Ns(0),
        [](Ns sum, const ReasonGroup &group) { return sum + group.parts.net(); });
}

Ns grossOf(const std::vector<ReasonGroup> &reasons)
{
    return std::accumulate(
        reasons.begin(), reasons.end(), Ns(0),
        [](Ns sum, const ReasonGroup &group) { return sum + group.parts.gross(); });
}

QString grossMeaning()
{
    return tr("Gross: from the exit until the guest ran again (kvm + userspace + preempted + idle + blocked)");
}

QString netMeaning()
{
    return tr("Net: gross − idle − preempted, what handling the exits took itself");
}

// `knownOfAll`: the net time that net shares are of.
Columns columnsOfGroups(
    const QString &title, const QString &field, std::optional<Ns> (*knownOfAll)(const Totals &totals))
{
    Columns columns;
    columns.push_back({title, field, tr("A click chooses it, Ctrl adds"), Unit::Text,
        [](const Row &row) { return QVariant(row.name); }});
    columns.push_back({tr("Exits"), QStringLiteral("count"), tr("VM exits in the selection, timed or not"), Unit::Count,
        [](const Row &row) { return QVariant(qlonglong(row.group->count)); }});
    columns.push_back({tr("Share"), QStringLiteral("count_share_percent"), tr("Of the exits of all rows"),
        Unit::Percent, [](const Row &row) { return share(row.group->count, row.all->exits); }});
    columns.push_back({tr("Net time"), QStringLiteral("net_ns"), netMeaning(), Unit::Duration,
        [](const Row &row) { return QVariant(qlonglong(row.group->parts.net())); },
        [](const Row &row) {
            return row.group->knownNet ? QVariant(qlonglong(row.group->knownNet->total)) : QVariant();
        }});
    columns.push_back({tr("Net share"), QStringLiteral("net_share_percent"), tr("Of the net time of all rows"),
        Unit::Percent, [](const Row &row) { return share(row.group->parts.net(), netOf(row.all->reasons)); },
        [knownOfAll](const Row &row) {
            return row.group->knownNet ? share(row.group->knownNet->total, knownOfAll(*row.all).value_or(0))
                                       : QVariant();
        }});
    columns.push_back({tr("Gross time"), QStringLiteral("gross_ns"), grossMeaning(), Unit::Duration,
        [](const Row &row) { return QVariant(qlonglong(row.group->parts.gross())); }});
    addDistribution(
        columns, tr("Net "), QStringLiteral("net_"), netMeaning(),
        [](const Row &row) -> const Distribution & { return row.group->net; },
        [](const Row &row) -> const std::optional<Distribution> & { return row.group->knownNet; });
    addDistribution(columns, tr("Gross "), QStringLiteral("gross_"), grossMeaning(),
        [](const Row &row) -> const Distribution & { return row.group->gross; });
    addParts(columns);
    columns.push_back({tr("Timed"), QStringLiteral("timed"),
        tr("Exits whose end was seen, the vCPU being Unknown at no time between; only these have durations"),
        Unit::Count, [](const Row &row) { return QVariant(qlonglong(row.group->timed)); }});
    return columns;
}

StatisticsColumn meaningColumn()
{
    return {tr("Meaning"), QStringLiteral("meaning"), tr("What it means"), Unit::Text,
        [](const Row &row) { return QVariant(row.meaning); }};
}

Columns reasonColumns()
{
    Columns columns = columnsOfGroups(
        tr("Reason"), QStringLiteral("name"), [](const Totals &totals) { return knownNetOf(totals.reasons); });
    columns.push_back(
        {tr("Code"), QStringLiteral("isa_code"), tr("isa:code. isa 1: Intel VMX, 2: AMD SVM, 0: not recorded"),
            Unit::Text, [](const Row &row) { return row.key; }});
    columns.push_back({tr("Class"), QStringLiteral("class"), tr("Gives the colour"), Unit::Text,
        [](const Row &row) { return QVariant(row.reason->className); }});
    columns.push_back(meaningColumn());
    return columns;
}

Columns scenarioColumns()
{
    Columns columns = columnsOfGroups(
        tr("Scenario"), QStringLiteral("name"), [](const Totals &totals) { return knownNetOf(totals.scenarios); });
    columns.push_back(meaningColumn());
    return columns;
}

StatisticsColumn vcpuColumn()
{
    return {tr("vCPU"), QStringLiteral("vcpu"), tr("A host thread that makes VM entries or exits, as VM/number"),
        Unit::Text, [](const Row &row) { return QVariant(row.name); }};
}

const Totals &totals(const Row &row)
{
    return row.vcpu->totals;
}

const Distribution &runsOf(const Row &row)
{
    return totals(row).runs;
}

StatisticsColumn runsColumn()
{
    return {tr("Runs"), QStringLiteral("runs"), tr("From a VM entry to the first later host event, before an exit"),
        Unit::Count, [](const Row &row) { return QVariant(qlonglong(runsOf(row).count)); }};
}

void addStates(Columns &columns)
{
    static constexpr std::array<const char *, kVcpuStates> kMeanings{
        "In guest mode",
        "Its thread was on a pCPU, neither in the guest nor in user space: the hypervisor in the kernel",
        "Its thread was out of KVM_RUN, in QEMU",
        "It wanted a pCPU and had none",
        "Switched out asleep after a halt: the guest rested",
        "Switched out asleep otherwise: a lock, disk I/O in QEMU, …",
        "Before its first KVM event, after a loss until its next one, where events contradict each other",
    };
    for (const VcpuStateInfo &state : kVcpuStateTable) {
        const auto index = std::size_t(state.state);
        columns.push_back({QString::fromLatin1(state.name.data(), qsizetype(state.name.size())),
            QString::fromLatin1(state.column.data(), qsizetype(state.column.size())),
            QString(tr(kMeanings[index]) % tr(". Share of the selected time")), Unit::ShareOfTime,
            [index](const Row &row) { return QVariant(qlonglong(totals(row).states[index])); }});
    }
}

Columns vcpuColumns()
{
    const auto count = [](const Totals &of, auto member) { return QVariant(qlonglong(of.*member)); };
    Columns columns{vcpuColumn()};
    columns.push_back({tr("Exits"), QStringLiteral("exits"), tr("VM exits in the selection, timed or not"), Unit::Count,
        [count](const Row &row) { return count(totals(row), &Totals::exits); }});
    columns.push_back({tr("Exits/s"), QStringLiteral("exits_per_second"), tr("Exits per second of the selected time"),
        Unit::PerSecond,
        [](const Row &row) {
            const Ns time = sumOf(totals(row).states);
            return time > 0 ? QVariant(double(totals(row).exits) * kNsPerSecond / double(time)) : QVariant();
        }});
    columns.push_back({tr("Overhead"), QStringLiteral("overhead_percent"),
        tr("(kvm + userspace + blocked + preempted − halt_kvm) / (guest + kvm + userspace + blocked + preempted − "
           "halt_kvm): how long the guest asked to rest is no overhead"),
        Unit::Percent, [](const Row &row) { return variant(totals(row).overheadPercent()); }});
    addStates(columns);
    columns.push_back({tr("Halt in KVM"), QStringLiteral("halt_kvm_ns"),
        tr("Kvm time of halts: KVM polls before it puts a vCPU to sleep"), Unit::Duration,
        [count](const Row &row) { return count(totals(row), &Totals::haltKvm); }});
    columns.push_back({tr("IRQ"), QStringLiteral("irq_ns"),
        tr("Inside host interrupt work while in Kvm or Userspace, over all the selected time"), Unit::Duration,
        [count](const Row &row) { return count(totals(row), &Totals::irq); }});
    columns.push_back({tr("Net time"), QStringLiteral("net_ns"), netMeaning(), Unit::Duration,
        [](const Row &row) { return QVariant(qlonglong(netOf(totals(row).reasons))); },
        [](const Row &row) { return variant(knownNetOf(totals(row).reasons)); }});
    columns.push_back({tr("Gross time"), QStringLiteral("gross_ns"), grossMeaning(), Unit::Duration,
        [](const Row &row) { return QVariant(qlonglong(grossOf(totals(row).reasons))); }});
    columns.push_back({tr("Timed"), QStringLiteral("timed"),
        tr("Exits whose end was seen, the vCPU being Unknown at no time between"), Unit::Count,
        [count](const Row &row) { return count(totals(row), &Totals::timed); }});
    columns.push_back({tr("Entries"), QStringLiteral("entries"), tr("VM entries in the selected time"), Unit::Count,
        [count](const Row &row) { return count(totals(row), &Totals::entries); }});
    columns.push_back(
        {tr("Runs p50"), QStringLiteral("runs_p50_ns"), tr("Half of the runs in guest mode were at most so long"),
            Unit::Duration, [](const Row &row) { return variant(runsOf(row).p50); }, nullptr, true});
    return columns;
}

Columns runsColumns()
{
    Columns columns{vcpuColumn(), runsColumn()};
    columns.push_back({tr("Total"), QStringLiteral("runs_total_ns"), tr("Sum of these runs"), Unit::Duration,
        [](const Row &row) { return QVariant(qlonglong(runsOf(row).total)); }});
    addDistribution(
        columns, QString(), QStringLiteral("runs_"), tr("How long the guest ran undisturbed before an exit"), runsOf);
    columns.push_back({tr("Entry to exit event"), QStringLiteral("entry_to_exit_event_ns"),
        tr("From each VM entry to its exit event: longer than the runs where interrupts came first; what simpler "
           "tools measure"),
        Unit::Duration, [](const Row &row) { return QVariant(qlonglong(totals(row).entryToExitEvent)); }});
    return columns;
}

bool lacksAny(const ExitGroup &group)
{
    return !group.knownNet || group.knownNet->count < group.net.count;
}

bool knowsNet(const Row &row)
{
    return row.group ? row.group->knownNet.has_value() : knownNetOf(totals(row).reasons).has_value();
}

// Behind a net time that is not known, or not of all exits.
QString netNoteOf(const Row &row)
{
    const bool lacks = row.group ? lacksAny(*row.group) : std::ranges::any_of(totals(row).reasons, lacksAny);
    if (!lacks)
        return {};
    return knowsNet(row)
        ? tr(", of the exits that are not halts: without sched_switch the net time of those is not known")
        : tr(": not known of a halt without sched_switch");
}

bool isInteger(const QVariant &value)
{
    return value.typeId() != QMetaType::Double;
}

} // namespace

const std::vector<StatisticsColumn> &statisticsColumns(StatisticsTopic topic)
{
    static const std::array<Columns, kStatisticsTopics> kColumns{
        reasonColumns(), scenarioColumns(), vcpuColumns(), runsColumns()};
    return kColumns[std::size_t(topic)];
}

const std::vector<StatisticsColumn> &groupColumns()
{
    static const Columns kColumns = columnsOfGroups(
        tr("Cause"), QStringLiteral("cause"), [](const Totals &totals) { return knownNetOf(totals.reasons); });
    return kColumns;
}

QVariant statisticsKnown(const StatisticsColumn &column, const StatisticsRow &row)
{
    return column.known ? column.known(row) : column.value(row);
}

QString statisticsText(const StatisticsColumn &column, const StatisticsRow &row)
{
    const QVariant value = statisticsKnown(column, row);
    if (!value.isValid())
        return column.known && !knowsNet(row) ? notKnownText() : QStringLiteral("-");
    switch (column.unit) {
    case Unit::Text:
        break;
    case Unit::Count:
        return formatCount(value.toLongLong());
    case Unit::Duration:
        return formatDuration(isInteger(value) ? Ns(value.toLongLong()) : Ns(std::llround(value.toDouble())));
    case Unit::Percent:
        return formatPercent(value.toDouble());
    case Unit::PerSecond:
        return formatRate(value.toDouble());
    case Unit::ShareOfTime: {
        const Ns time = sumOf(totals(row).states);
        return time > 0 ? formatPercent(100.0 * double(value.toLongLong()) / double(time)) : QStringLiteral("-");
    }
    }
    return value.toString();
}

QString statisticsExactText(const StatisticsColumn &column, const StatisticsRow &row)
{
    const QVariant value = statisticsKnown(column, row);
    const QString note = column.known ? netNoteOf(row) : QString();
    const bool isTime = column.unit == Unit::Duration || column.unit == Unit::ShareOfTime;
    if (!isTime || !value.isValid())
        return QString(statisticsText(column, row) % note);
    if (isInteger(value))
        return QString(formatCount(value.toLongLong()) % QStringLiteral(" ns") % note);
    return QString(QString::number(value.toDouble(), 'f', 1) % QStringLiteral(" ns") % note);
}

QString scenarioMeaning(Scenario scenario)
{
    switch (scenario) {
    case Scenario::Qemu:
        return tr("VM → QEMU → host → VM: QEMU in user space had to act");
    case Scenario::Halt:
        return tr("VM → halt → VM: the guest had nothing to do");
    case Scenario::Interrupt:
        return tr("VM → interrupt → host → VM: an interrupt of the host came");
    case Scenario::PageFault:
        return tr("Memory of the guest had to be mapped or emulated");
    case Scenario::Preempted:
        return tr("The host ran something else meanwhile");
    case Scenario::Host:
        return tr("VM → host → VM: KVM in the kernel handled it");
    }
    return {};
}

} // namespace exitscope
