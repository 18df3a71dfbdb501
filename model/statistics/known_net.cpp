// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/known_net.h"

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
