// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/lookahead.h"

#include <utility>

namespace exitscope::reader {

namespace {

constexpr int kAliveEvery = 512; // messages

} // namespace

Lookahead::Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive)
    : m_iterator(stream.createIterator()), m_plans(plans), m_alive(std::move(alive))
{
}

StreamTeller::NextSwitch Lookahead::behind(std::uint64_t event)
{
    for (int messages = 1;; ++messages) {
        if (const auto answer = m_ahead.behind(event))
            return *answer;
        advance();
        if (messages % kAliveEvery == 0)
            m_alive();
    }
}

void Lookahead::advance()
{
    try {
        if (const bt_message *message = m_iterator->next())
            take(message);
        else
            m_ahead.end();
    } catch (const ReadError &) {
        // The stream itself will meet the same error when it gets there, and tell it.
        m_ahead.end(true);
    }
}

void Lookahead::take(const bt_message *message)
{
    switch (bt_message_get_type(message)) {
    case BT_MESSAGE_TYPE_EVENT:
        event(message);
        break;
    case BT_MESSAGE_TYPE_PACKET_END:
        m_ahead.packetEnd();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
        m_ahead.discardedEvents();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
        m_ahead.discardedPackets();
        break;
    default:
        break;
    }
}

void Lookahead::event(const bt_message *message)
{
    if (m_repetition.is(message))
        return;
    m_ahead.event(timeOf(bt_message_event_borrow_default_clock_snapshot_const(message)));
    const bt_event *event = bt_message_event_borrow_event_const(message);
    const ReaderPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    if (plan.what.kind == EventKind::SchedSwitch)
        m_ahead.switchedOff(m_reading.read(plan, event).tidAt(field::PrevTid));
}

} // namespace exitscope::reader
