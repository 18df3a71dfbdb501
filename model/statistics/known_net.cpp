// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/known_net.h"

#include <algorithm>

#include "model/record/richness.h"
#include "model/timeline/recording_advice.h"

namespace exitscope {

namespace {

bool holds(const Timeline &host, const Vcpu &vcpu)
{
    return std::ranges::any_of(
        host.vms,
        [&](const Vm &vm) {
            return std::ranges::any_of(
                vm.vcpus, [&](const Vcpu &other) { return &other == &vcpu; });
        });
}

} // namespace

bool netIsKnown(const Timeline &host, const ExitReason &reason)
{
    return host.switchesRecorded || !reason.isHalt;
}

bool netIsKnown(const Recording &recording, const Vcpu &vcpu, std::size_t exit)
{
    const ExitReason &reason = recording.reasons[vcpu.exits.reason[exit]];
    return std::ranges::none_of(
        recording.hosts, [&](const Timeline &host) { return !netIsKnown(host, reason) && holds(host, vcpu); });
}

QString notKnownText()
{
    return QStringLiteral("–");
}

QString netNotKnownText(const QStringList &names)
{
    return names.isEmpty()
        ? QString()
        : QString(names.join(QStringLiteral(", ")) % QStringLiteral(": net time is not known without sched_switch"));
}

QString howToRecordSwitches(const Recording &recording)
{
    QStringList ways;
    for (const TraceInfo &trace : recording.traces) {
        if (!trace.used || trace.role != TraceRole::Host || (declaredKinds(trace.description) & wire::HasSwitch) != 0)
            continue;
        const QString way = howToRecordSwitches(recordedBy(trace.description));
        if (!ways.contains(way))
            ways << way;
    }
    if (ways.isEmpty())
        ways = {howToRecordSwitches(RecordedBy::Lttng), howToRecordSwitches(RecordedBy::Perf)};
    return ways.join(QStringLiteral(", or "));
}

} // namespace exitscope
