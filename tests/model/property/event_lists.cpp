// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/event_lists.h"

#include <algorithm>
#include <array>

namespace exitscope::testing {

namespace {

bool isOfScheduler(EventKind kind)
{
    return kind == EventKind::SchedSwitch || kind == EventKind::SchedWakeup || kind == EventKind::ThreadExit
        || kind == EventKind::IrqBegin || kind == EventKind::IrqEnd;
}

QString fieldsText(const Record &record)
{
    switch (record.kind) {
    case EventKind::HostProof:
        return record.provesHost ? QStringLiteral("plain") : QStringLiteral("plain, no proof");
    case EventKind::VmEntry:
        return QStringLiteral("entry");
    case EventKind::VmExit:
        return QStringLiteral("exit %1:%2").arg(record.isa).arg(record.exit.reason);
    case EventKind::UserspaceExit:
        return QStringLiteral("kvm_userspace_exit %1 errno %2")
            .arg(record.userspaceExit.reason)
            .arg(record.userspaceExit.error);
    case EventKind::IoctlEntry:
        return QStringLiteral("ioctl entry %1").arg(record.ioctlEntry.cmd, 0, 16);
    case EventKind::IoctlExit:
        return QStringLiteral("ioctl exit");
    case EventKind::SchedSwitch:
        return QStringLiteral("switch %1→%2 prev_state %3")
            .arg(record.switched.prevTid)
            .arg(record.switched.nextTid)
            .arg(record.switched.prevState);
    case EventKind::SchedWakeup:
        return QStringLiteral("wakeup %1").arg(record.wakeup.tid);
    case EventKind::IrqBegin:
        return QStringLiteral("irq %1 begins").arg(static_cast<int>(record.irq.source));
    case EventKind::IrqEnd:
        return QStringLiteral("irq %1 ends").arg(static_cast<int>(record.irq.source));
    case EventKind::ThreadExit:
        return QStringLiteral("sched_process_exit");
    default:
        return QStringLiteral("kind %1").arg(static_cast<int>(record.kind));
    }
}

} // namespace

bool isRepetition(const Record &before, const Record &record)
{
    return before.timeNs == record.timeNs && before.tid == record.tid && before.kind == record.kind
        && before.provesHost == record.provesHost && before.hasIntrInfo == record.hasIntrInfo
        && before.isa == record.isa && std::equal(std::begin(before.raw), std::end(before.raw), record.raw);
}

Events withoutRepetitions(const Events &events)
{
    Events result;
    for (const Record &record : events)
        if (result.empty() || !isRepetition(result.back(), record))
            result.push_back(record);
    return result;
}

void dropRepetitions(EventStream &stream)
{
    const Record *before = nullptr;
    for (EventPacket &packet : stream.packets) {
        Events kept;
        kept.reserve(packet.events.size());
        for (const Record &record : packet.events) {
            if (before == nullptr || !isRepetition(*before, record)) {
                kept.push_back(record);
                before = &kept.back();
            }
        }
        packet.events = std::move(kept); // keeps where they lie
    }
}

void setRange(EventStreams &streams)
{
    streams.from = kEndOfRecording;
    streams.to = kNoTime;
    for (const EventStream &stream : streams.streams) {
        for (const EventPacket &packet : stream.packets) {
            if (packet.events.empty())
                continue;
            streams.from = std::min(streams.from, packet.events.front().timeNs);
            streams.to = std::max(streams.to, packet.events.back().timeNs);
        }
    }
    if (streams.to == kNoTime)
        streams.from = streams.to = 0;
}

Record withoutContext(Record record)
{
    if (record.kind != EventKind::ThreadExit)
        record.tid = kNoThread;
    return record;
}

std::vector<Events> inChannels(const Events &events, int channels, Dice &dice)
{
    std::vector<Events> result(channels);
    for (const Record &record : events) {
        const bool first = record.kind == EventKind::HostProof ? dice.chance(50) : isOfScheduler(record.kind);
        result[first ? 0 : channels - 1].push_back(record);
    }
    return result;
}

QString text(const Record &record)
{
    const QString tid = record.tid == kNoThread ? QString() : QStringLiteral(" tid %1").arg(record.tid);
    return QStringLiteral("%1 p%2%3 %4").arg(record.timeNs).arg(record.pcpu).arg(tid, fieldsText(record));
}

} // namespace exitscope::testing
