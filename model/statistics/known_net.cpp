// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/known_net.h"

#include <algorithm>
#include <functional>

#include "model/record/richness.h"
#include "model/timeline/recording_advice.h"

namespace exitscope {

bool netIsKnown(const Timeline &host, const ExitReason &reason)
{
    return host.switchesRecorded || !reason.isHalt;
}

bool netIsKnown(const Recording &recording, const VcpuAt &vcpu, std::size_t exit)
{
    return netIsKnown(*vcpu.host, recording.reasons[vcpu.vcpu->exits.reason(exit)]);
}

std::vector<NetRole> netRolesOn(const Timeline &host, const Recording &recording)
{
    const bool lacksSwitches = std::ranges::any_of(recording.hosts, std::not_fn(&Timeline::switchesRecorded));
    std::vector<NetRole> roles;
    for (std::size_t i = 0; i < recording.reasons.size(); ++i) {
        const ExitReason &reason = recording.reasons[i];
        roles.push_back(!netIsKnown(host, reason) ? NetRole::Unknown
                : lacksSwitches && reason.isHalt  ? NetRole::Apart
                                                  : NetRole::Plain);
    }
    return roles;
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
