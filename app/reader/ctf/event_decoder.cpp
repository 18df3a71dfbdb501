// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/event_decoder.h"

#include <optional>
#include <utility>

#include "app/reader/ctf/stream_description.h"

namespace exitscope::reader {

namespace {

using Count = std::optional<std::uint64_t>;

Count discardedEventsIn(const bt_message *message)
{
    std::uint64_t count = 0;
    const bool isKnown = bt_message_discarded_events_get_count(message, &count) == BT_PROPERTY_AVAILABILITY_AVAILABLE;
    return isKnown ? Count(count) : std::nullopt;
}

// Where the tracer's number steps back, libbabeltrace2 2.0 tells a huge count; 2.1 says nothing then.
Count discardedPacketsIn(const bt_message *message)
{
    std::uint64_t count = 0;
    const bool isKnown = bt_message_discarded_packets_get_count(message, &count) == BT_PROPERTY_AVAILABILITY_AVAILABLE;
    return isKnown ? Count(count) : std::nullopt;
}

} // namespace

EventDecoder::EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options)
    : m_stream(stream), m_options(std::move(options)), m_recorder(recorderOptions(streamClass))
{
}

StreamRecorder::Options EventDecoder::recorderOptions(const bt_stream_class *streamClass)
{
    StreamRecorder::Options options;
    options.plain = m_options.plain;
    options.hasSwitches = declares(streamClass, EventKind::SchedSwitch);
    options.switchesElsewhere = declaredElsewhere(streamClass, EventKind::SchedSwitch);
    options.entriesElsewhere = declaredElsewhere(streamClass, EventKind::VmEntry);
    options.nextSwitch = [this](std::uint64_t event) {
        if (!m_lookahead)
            m_lookahead = std::make_unique<Lookahead>(m_stream, m_plans, m_options.alive);
        return m_lookahead->behind(event);
    };
    return options;
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
        m_recorder.packetEnd();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
        m_recorder.discardedEvents(discardedEventsIn(message));
        break;
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
        m_recorder.discardedPackets(discardedPacketsIn(message));
        break;
    default:
        break;
    }
    if (m_recorder.omitsRecords())
        m_lookahead.reset();
}

void EventDecoder::packetBegin(const bt_packet *packet)
{
    const bt_field *context = bt_packet_borrow_context_field_const(packet);
    if (!context)
        return;
    const FieldSlot cpu = findInteger(bt_field_borrow_class_const(context), "cpu_id");
    m_recorder.packetBegin(cpu ? std::optional(readInteger(context, cpu)) : std::nullopt);
}

void EventDecoder::event(const bt_message *message)
{
    if (m_repetition.is(message)) {
        m_recorder.repeatedEvent();
        return;
    }
    const bt_clock_snapshot *snapshot = bt_message_event_borrow_default_clock_snapshot_const(message);
    m_lastCycles = bt_clock_snapshot_get_value(snapshot);
    const bt_event *event = bt_message_event_borrow_event_const(message);
    const ReaderPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    m_recorder.eventAt(timeOf(snapshot), kindsOf(plan));
    if (!m_recorder.omitsRecords())
        m_recorder.event(plan.what, m_reading.read(plan, event));
}

} // namespace exitscope::reader
