// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/event_decoder.h"

#include <limits>
#include <utility>

#include "app/reader/stream_description.h"

namespace exitscope::reader {

namespace {

StreamTeller::Options tellerOptions(Plain plain, const bt_stream_class *streamClass)
{
    StreamTeller::Options options;
    options.plain = plain;
    options.hasSwitches = declares(streamClass, EventKind::SchedSwitch);
    options.everySwitch = options.hasSwitches && declaredElsewhere(streamClass, EventKind::SchedSwitch);
    return options;
}

} // namespace

EventDecoder::EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options)
    : m_stream(stream), m_options(std::move(options))
{
    StreamTeller::Options teller = tellerOptions(m_options.plain, streamClass);
    teller.nextSwitch = [this](std::uint64_t event) {
        if (!m_lookahead)
            m_lookahead = std::make_unique<Lookahead>(m_stream, m_plans, m_options.alive);
        return m_lookahead->behind(event);
    };
    m_teller = StreamTeller(std::move(teller));
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
        ++m_summary.packets;
        if (!m_omit)
            m_teller.packetEnd();
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
    if (m_isSurvey && !m_omit && m_teller.settled() > 0)
        noteBegin();
}

void EventDecoder::end()
{
    if (m_omit)
        return;
    m_teller.end(m_summary.pcpu);
    if (m_isSurvey && m_teller.settled() > 0)
        noteBegin();
}

// The first record of a survey is final: the others are not wanted.
void EventDecoder::noteBegin()
{
    const Record &first = m_teller.records().front();
    if (first.kind == EventKind::NextSwitch) {
        m_summary.beginsWithSwitch = 1;
        m_summary.switchTid = first.tid;
        m_summary.switchPcpu = first.pcpu;
        m_summary.switchNs = first.nextSwitch.atNs;
    }
    m_omit = true;
    m_teller = {};
    m_lookahead.reset();
}

void EventDecoder::packetBegin(const bt_packet *packet)
{
    const bt_field *context = bt_packet_borrow_context_field_const(packet);
    if (!context)
        return;
    const FieldSlot cpu = findInteger(bt_field_borrow_class_const(context), "cpu_id");
    const std::int64_t number = readInteger(context, cpu, kNoPcpu);
    const bool isNumber = number >= 0 && number <= kMaxPcpu;
    m_summary.pcpu = isNumber ? static_cast<std::int32_t>(number) : kNoPcpu;
}

void EventDecoder::discardedEvents(const bt_message *message)
{
    std::uint64_t count = 0;
    if (bt_message_discarded_events_get_count(message, &count) != BT_PROPERTY_AVAILABILITY_AVAILABLE) {
        count = 1; // before the first packet the tracer's counter has nothing to be compared with: at least one
        ++m_summary.uncountedLosses;
    }
    m_summary.discardedEvents += count;
    if (!m_omit)
        m_teller.discardedEvents();
}

void EventDecoder::discardedPackets(const bt_message *message)
{
    std::uint64_t count = 0;
    if (bt_message_discarded_packets_get_count(message, &count) != BT_PROPERTY_AVAILABILITY_AVAILABLE) {
        count = 1;
        ++m_summary.uncountedLosses;
    }
    // So libbabeltrace2 2.0 says that the tracer's number steps back; 2.1 says nothing then.
    if (count > std::numeric_limits<std::uint64_t>::max() / 2) {
        ++m_summary.stepsBack;
        count = 0;
    }
    m_summary.discardedPackets += count;
    if (!m_omit)
        m_teller.discardedPackets();
}

void EventDecoder::event(const bt_message *message)
{
    if (m_repetition.is(message)) {
        ++m_summary.repeatedEvents;
        return;
    }
    const Ns timeNs = eventTime(message);
    const bt_event *event = bt_message_event_borrow_event_const(message);
    const EventPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    occurred(plan);
    if (m_omit)
        return;
    m_teller.beginEvent(timeNs, m_summary.pcpu);
    Record record = decodeRecord(plan, event);
    if (const std::int32_t tid = contextTid(plan, event); tid != kNoThread)
        record.tid = tid;
    tellThreads(plan, event, record.tid);
    m_teller.endEvent(record);
}

Ns EventDecoder::eventTime(const bt_message *message)
{
    const bt_clock_snapshot *snapshot = bt_message_event_borrow_default_clock_snapshot_const(message);
    m_lastCycles = bt_clock_snapshot_get_value(snapshot);
    Ns timeNs = timeOf(snapshot);
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

void EventDecoder::tellThreads(const EventPlan &plan, const bt_event *event, std::int32_t tid)
{
    if (plan.pid || plan.procname) {
        const std::int64_t pid = plan.pid ? readInteger(plan.pid.structure(event), plan.pid.slot) : kNoThread;
        const char *name
            = plan.procname ? readText(plan.procname.structure(event), plan.procname.slot, m_text) : nullptr;
        tellThread(tid, static_cast<std::int32_t>(pid), name);
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
        tellThread(number(field::PrevTid), kNoThread, text(field::PrevComm));
        tellThread(number(field::NextTid), kNoThread, text(field::NextComm));
    } else if (plan.what.kind == EventKind::ThreadInfo) {
        tellThread(number(field::ThreadTid), number(field::ThreadPid), text(field::ThreadName));
    }
}

void EventDecoder::tellThread(std::int32_t tid, std::int32_t pid, const char *name)
{
    const auto news = m_threads.tell(tid, pid, name);
    if (news)
        m_teller.thread(tid, *news);
}

} // namespace exitscope::reader
