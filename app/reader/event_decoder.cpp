// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/event_decoder.h"

#include <utility>

#include "app/reader/stream_description.h"

namespace exitscope::reader {

namespace {

Ns nsOf(const bt_clock_snapshot *snapshot)
{
    Ns ns = 0;
    if (bt_clock_snapshot_get_ns_from_origin(snapshot, &ns) != BT_CLOCK_SNAPSHOT_GET_NS_FROM_ORIGIN_STATUS_OK) {
        bt_current_thread_clear_error();
        throw ReadError("a time does not fit in 64 bits of nanoseconds");
    }
    return ns;
}

} // namespace

EventDecoder::EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options)
    : m_stream(stream), m_options(std::move(options)), m_hasEntries(declares(streamClass, EventKind::VmEntry)),
      m_hasSwitches(declares(streamClass, EventKind::SchedSwitch)),
      m_timedEventLosses(bt_stream_class_discarded_events_have_default_clock_snapshots(streamClass)),
      m_timedPacketLosses(bt_stream_class_discarded_packets_have_default_clock_snapshots(streamClass))
{
}

void EventDecoder::message(const bt_message *message)
{
    switch (bt_message_get_type(message)) {
    case BT_MESSAGE_TYPE_EVENT:
        event(message);
        break;
    case BT_MESSAGE_TYPE_PACKET_BEGINNING:
        packetBegin(bt_message_packet_beginning_borrow_packet_const(message));
        break;
    case BT_MESSAGE_TYPE_PACKET_END:
        m_losses.packetEnd();
        ++m_packetsRead;
        break;
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
        discardedEvents(message);
        break;
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
        discardedPackets(message);
        break;
    default:
        break;
    }
}

void EventDecoder::end()
{
    const auto loss = m_losses.end();
    if (loss && !m_omit) {
        blind(*loss);
    }
}

void EventDecoder::packetBegin(const bt_packet *packet)
{
    const bt_field *context = bt_packet_borrow_context_field_const(packet);
    if (!context) {
        return;
    }
    const FieldSlot cpu = findInteger(bt_field_borrow_class_const(context), "cpu_id");
    m_summary.pcpu = static_cast<std::int32_t>(readInteger(context, cpu, kNoPcpu));
}

void EventDecoder::discardedEvents(const bt_message *message)
{
    std::uint64_t count = 0;
    if (bt_message_discarded_events_get_count(message, &count) != BT_PROPERTY_AVAILABILITY_AVAILABLE) {
        count = 1; // before the first packet the tracer's counter has nothing to be compared with: at least one
    }
    m_summary.discardedEvents += count;
    std::optional<Ns> begin;
    if (m_timedEventLosses) {
        begin = nsOf(bt_message_discarded_events_borrow_beginning_default_clock_snapshot_const(message));
    }
    m_losses.discardedEvents(begin);
}

void EventDecoder::discardedPackets(const bt_message *message)
{
    std::uint64_t count = 0;
    if (bt_message_discarded_packets_get_count(message, &count) != BT_PROPERTY_AVAILABILITY_AVAILABLE) {
        count = 1;
    }
    m_summary.discardedPackets += count;
    std::optional<Ns> begin;
    if (m_timedPacketLosses) {
        begin = nsOf(bt_message_discarded_packets_borrow_beginning_default_clock_snapshot_const(message));
    }
    m_losses.discardedPackets(begin);
}

void EventDecoder::event(const bt_message *message)
{
    const Ns timeNs = eventTime(message);
    const auto loss = m_losses.event(timeNs);
    const bt_event *event = bt_message_event_borrow_event_const(message);
    const EventPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    occurred(plan);
    if (m_omit) {
        return;
    }
    if (loss || m_stretch < 0) {
        stretchBegins(loss, timeNs);
    }
    const std::int32_t tid = contextTid(plan, event);
    tellThreads(plan, event, tid, timeNs);
    tellEvent(plan, event, tid, timeNs);
}

Ns EventDecoder::eventTime(const bt_message *message)
{
    const bt_clock_snapshot *snapshot = bt_message_event_borrow_default_clock_snapshot_const(message);
    m_lastCycles = bt_clock_snapshot_get_value(snapshot);
    Ns timeNs = nsOf(snapshot);
    if (m_summary.events++ == 0) {
        m_summary.beginNs = timeNs;
    } else if (timeNs < m_summary.endNs) {
        ++m_summary.stepsBack;
        timeNs = m_summary.endNs;
    }
    m_summary.endNs = timeNs;
    return timeNs;
}

void EventDecoder::occurred(const EventPlan &plan)
{
    m_summary.richness |= wire::richnessOf(plan.what.kind, plan.what.irq) | (plan.tid ? wire::HasTid : 0u)
        | (plan.pid ? wire::HasPid : 0u) | (plan.procname ? wire::HasProcname : 0u);
}

void EventDecoder::stretchBegins(const std::optional<LossTracker::Loss> &loss, Ns timeNs)
{
    ++m_stretch;
    if (loss) {
        blind(*loss);
    }
    if (!m_hasSwitches) {
        return;
    }
    if (!m_lookahead) {
        m_lookahead = std::make_unique<Lookahead>(m_stream, m_plans, m_options.alive);
    }
    m_records.push_back(make(EventKind::CurrentThread, m_lookahead->currentThread(m_stretch), timeNs));
}

void EventDecoder::blind(const LossTracker::Loss &loss)
{
    Record record = make(EventKind::Blind, kNoThread, loss.timeNs);
    record.blind = loss.blind;
    m_records.push_back(record);
}

void EventDecoder::tellThreads(const EventPlan &plan, const bt_event *event, std::int32_t tid, Ns timeNs)
{
    if (plan.pid || plan.procname) {
        const std::int64_t pid = plan.pid ? readInteger(plan.pid.structure(event), plan.pid.slot) : kNoThread;
        const char *name
            = plan.procname ? readText(plan.procname.structure(event), plan.procname.slot, m_text) : nullptr;
        tellThread(tid, static_cast<std::int32_t>(pid), name, timeNs);
    }
    const auto &fields = plan.fields;
    const bt_field *payload = bt_event_borrow_payload_field_const(event);
    const auto text = [&](int place) {
        const FieldSlot slot = fields[static_cast<std::size_t>(place)];
        return slot ? readText(payload, slot, m_text) : nullptr;
    };
    const auto number = [&](int place) {
        return static_cast<std::int32_t>(readInteger(payload, fields[static_cast<std::size_t>(place)], kNoThread));
    };
    if (plan.what.kind == EventKind::SchedSwitch) {
        tellThread(number(field::PrevTid), kNoThread, text(field::PrevComm), timeNs);
        tellThread(number(field::NextTid), kNoThread, text(field::NextComm), timeNs);
    } else if (plan.what.kind == EventKind::ThreadInfo) {
        tellThread(number(field::ThreadTid), number(field::ThreadPid), text(field::ThreadName), timeNs);
    }
}

void EventDecoder::tellThread(std::int32_t tid, std::int32_t pid, const char *name, Ns timeNs)
{
    const auto news = m_threads.tell(tid, pid, name);
    if (news) {
        Record record = make(EventKind::ThreadInfo, tid, timeNs);
        record.thread = *news;
        m_records.push_back(record);
    }
}

// A proof only ends a run, so the first one after a VM entry is enough.
bool EventDecoder::wantsPlain(bool provesHost) const
{
    if (m_options.plain == Plain::All) {
        return true;
    }
    return provesHost && (m_hasEntries ? m_entryUnproven : m_options.plain == Plain::AllProofs);
}

void EventDecoder::tellEvent(const EventPlan &plan, const bt_event *event, std::int32_t tid, Ns timeNs)
{
    const EventKind kind = plan.what.kind;
    if ((kind == EventKind::HostProof || kind == EventKind::ThreadInfo) && !wantsPlain(plan.what.provesHost)) {
        return;
    }
    Record record = decodeRecord(plan, event);
    if (record.kind == EventKind::HostProof && !wantsPlain(record.provesHost)) {
        return;
    }
    record.timeNs = timeNs;
    record.pcpu = m_summary.pcpu;
    record.tid = tid;
    m_records.push_back(record);
    m_entryUnproven = kind == EventKind::VmEntry || (m_entryUnproven && !record.provesHost);
}

Record EventDecoder::make(EventKind kind, std::int32_t tid, Ns timeNs) const
{
    Record record;
    record.timeNs = timeNs;
    record.pcpu = m_summary.pcpu;
    record.tid = tid;
    record.kind = kind;
    return record;
}

} // namespace exitscope::reader
