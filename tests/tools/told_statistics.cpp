// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/told_statistics.h"

namespace exitscope::testing {

namespace {

template <typename T>
QString text(const std::optional<T> &value)
{
    return value ? QString::number(*value) : QStringLiteral("-");
}

QString joined(const std::vector<Ns> &values)
{
    QStringList texts;
    for (const Ns value : values)
        texts << QString::number(value);
    return texts.join(QLatin1Char(' '));
}

int kindOf(const ReasonGroup &group)
{
    return group.reason;
}

int kindOf(const ScenarioGroup &group)
{
    return int(group.scenario);
}

QStringList linesOfGroups(const auto &groups, Told told)
{
    QStringList lines;
    for (const auto &group : groups)
        lines << QStringLiteral("of %1").arg(kindOf(group)) << linesOf(group, told);
    return lines;
}

} // namespace

QStringList linesOf(const std::vector<ReasonGroup> &groups, Told told)
{
    return linesOfGroups(groups, told);
}

QStringList linesOf(const std::vector<ScenarioGroup> &groups, Told told)
{
    return linesOfGroups(groups, told);
}

QStringList linesOf(const Totals &totals, Told told)
{
    QStringList lines;
    lines << QStringLiteral("states ") + joined({totals.states.begin(), totals.states.end()});
    lines << QStringLiteral("totals ")
            + joined({totals.haltKvm, totals.irq, totals.entries, totals.exits, totals.timed, totals.entryToExitEvent});
    lines << linesOf(totals.runs, told);
    lines << linesOf(totals.reasons, told) << linesOf(totals.scenarios, told);
    return lines;
}

QStringList linesOf(const Distribution &of, Told told)
{
    QStringList fields{QString::number(of.count), QString::number(of.total),
        of.mean ? QString::number(*of.mean, 'f', 1) : QStringLiteral("-")};
    if (told != Told::Sums)
        fields << text(of.min) << text(of.max) << text(of.p50) << text(of.p95) << text(of.p99);
    if (told == Told::All)
        fields << text(of.stddev);
    return {fields.join(QLatin1Char(' '))};
}

QStringList linesOf(const ExitGroup &group, Told told)
{
    const ExitParts &parts = group.parts;
    QStringList lines{joined(
        {group.count, group.timed, parts.kvm, parts.userspace, parts.preempted, parts.idle, parts.blocked, parts.irq})};
    lines << linesOf(group.gross, told) << linesOf(group.net, told);
    lines << (group.knownNet ? linesOf(*group.knownNet, told) : QStringList(QStringLiteral("not known")));
    return lines;
}

QStringList linesOf(const Statistics &statistics, Told told)
{
    QStringList lines = linesOf(statistics.totals, told);
    for (const VmStatistics &vm : statistics.vms) {
        lines << QStringLiteral("VM ") + vm.vm->name << linesOf(vm.totals, told);
        for (const VcpuStatistics &vcpu : vm.vcpus)
            lines
                << QStringLiteral("%1 %2 %3 %4").arg(vcpu.id()).arg(vcpu.number).arg(vcpu.range.from).arg(vcpu.range.to)
                << linesOf(vcpu.totals, told);
    }
    return lines;
}

} // namespace exitscope::testing
