// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/frame_checks.h"

#include <algorithm>
#include <limits>

#include "model/record/richness.h"

namespace exitscope {

namespace {

// A bool with another value than these is undefined behaviour already when it is read.
bool isBool(const bool &value)
{
    return reinterpret_cast<const unsigned char &>(value) <= 1;
}

bool isPcpu(std::int32_t pcpu)
{
    return pcpu >= kNoPcpu && pcpu <= kMaxPcpu;
}

bool isTime(Ns time)
{
    return time != kNoTime && time != kEndOfRecording;
}

bool isCount(std::uint64_t count)
{
    return count <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

} // namespace

QString faultOf(const Record &record, std::size_t names)
{
    if (static_cast<int>(record.kind) >= kEventKinds)
        return QStringLiteral("a record of kind %1").arg(static_cast<int>(record.kind));
    if (!isBool(record.provesHost) || !isBool(record.hasIntrInfo))
        return QStringLiteral("a record that no reader makes");
    if (!isPcpu(record.pcpu))
        return QStringLiteral("a record of pCPU %1").arg(record.pcpu);
    if (!isTime(record.timeNs))
        return QStringLiteral("a record without a time");
    switch (record.kind) {
    case EventKind::IrqBegin:
    case EventKind::IrqEnd:
        if (static_cast<int>(record.irq.source) >= kIrqSources)
            return QStringLiteral("interrupt work of source %1").arg(static_cast<int>(record.irq.source));
        break;
    case EventKind::Vmsync:
        if (record.vmsync.point > VmsyncPoint::GuestResumes)
            return QStringLiteral("a vmsync event of point %1").arg(static_cast<int>(record.vmsync.point));
        break;
    case EventKind::VmExit:
        if (!record.exit.target.isValid())
            return QStringLiteral("an exit with a target that no reader makes");
        break;
    case EventKind::Touch:
        if (!record.touch.target.isValid() || !record.touch.target.isKnown() || record.touch.ofDevice > 1)
            return QStringLiteral("a target that no reader makes");
        break;
    case EventKind::HaltWakeup:
        if (record.haltWakeup.slept > 1 || record.haltWakeup.valid > 1)
            return QStringLiteral("a halt that no reader makes");
        break;
    case EventKind::SchedWakeup:
        if (!isPcpu(record.wakeup.pcpu))
            return QStringLiteral("a thread that is woken on pCPU %1").arg(record.wakeup.pcpu);
        break;
    case EventKind::Migration:
        if (!isPcpu(record.migration.from) || !isPcpu(record.migration.to))
            return QStringLiteral("a thread that moves to pCPU %1").arg(record.migration.to);
        break;
    case EventKind::NextSwitch:
        if (record.nextSwitch.atNs < record.timeNs)
            return QStringLiteral("a next switch that lies behind");
        break;
    case EventKind::Blind:
        if (record.blind.ofSwitches > 1 || record.blind.fromBegin > 1)
            return QStringLiteral("a blind stretch that no reader makes");
        break;
    case EventKind::HostProof:
        if (record.plain.call > names || record.plain.file > names)
            return QStringLiteral("a record with a name that was not told");
        break;
    case EventKind::ThreadInfo:
        if (record.tid < 0 || record.thread.pid < kNoThread)
            return QStringLiteral("a thread of number %1").arg(record.tid);
        if (record.thread.name != kNoName && record.thread.name >= names)
            return QStringLiteral("a record with a name that was not told");
        break;
    default:
        break;
    }
    return {};
}

QString faultOf(const wire::Summary &summary)
{
    const auto counts = {summary.events, summary.discardedEvents, summary.discardedPackets, summary.uncountedLosses,
        summary.repeatedEvents, summary.packets, summary.stepsBack};
    if (!std::all_of(counts.begin(), counts.end(), isCount))
        return QStringLiteral("a summary with a count above 2^63");
    if (summary.richness > wire::kAllKinds)
        return QStringLiteral("a summary with the kinds %1").arg(summary.richness, 0, 16);
    if (!isPcpu(summary.pcpu))
        return QStringLiteral("a summary of pCPU %1").arg(summary.pcpu);
    if (summary.events > 0 && (!isTime(summary.beginNs) || !isTime(summary.endNs) || summary.beginNs > summary.endNs))
        return QStringLiteral("a summary whose end lies before its begin");
    if (summary.beginsWithSwitch > 1 || !isPcpu(summary.switchPcpu)
        || (summary.beginsWithSwitch == 1 && (summary.events == 0 || summary.switchNs < summary.beginNs)))
        return QStringLiteral("a summary with a next switch that no reader tells");
    return {};
}

QString faultOf(const wire::Description &description)
{
    return description.clockFrequency > 0 ? QString() : QStringLiteral("a description without a clock");
}

} // namespace exitscope
