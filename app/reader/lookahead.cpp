// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/lookahead.h"

#include <utility>

namespace exitscope::reader {

namespace {

constexpr int kAliveEvery = 512; // messages

} // namespace

Lookahead::Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive)
    : m_iterator(stream.createIterator()), m_plans(plans), m_alive(std::move(alive))
{
}

std::int32_t Lookahead::currentThread(int stretch)
{
    for (int messages = 1; !m_ended; ++messages) {
        if (m_stretch > stretch || (m_stretch == stretch && m_thread)) {
            break;
        }
        m_ended = !advance();
        if (messages % kAliveEvery == 0) {
            m_alive();
        }
    }
    return m_stretch == stretch ? m_thread.value_or(kNoThread) : kNoThread;
}

bool Lookahead::advance()
{
    const bt_message *message = nullptr;
    try {
        message = m_iterator->next();
    } catch (const ReadError &) {
        // The stream itself will meet the same error when it gets there, and tell it. What lies behind is not known.
    }
    if (!message) {
        return false;
    }
    // Only the order of the messages counts here, so no times are decoded.
    switch (bt_message_get_type(message)) {
    case BT_MESSAGE_TYPE_EVENT:
        event(bt_message_event_borrow_event_const(message));
        break;
    case BT_MESSAGE_TYPE_PACKET_END:
        m_losses.packetEnd();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
        m_losses.discardedEvents({});
        break;
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
        m_losses.discardedPackets({});
        break;
    default:
        break;
    }
    return true;
}

void Lookahead::event(const bt_event *event)
{
    if (m_losses.event(0) || m_stretch < 0) {
        ++m_stretch;
        m_thread.reset();
    }
    if (m_thread) {
        return;
    }
    const EventPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    if (plan.what.kind == EventKind::SchedSwitch) {
        m_thread = decodeRecord(plan, event).switched.prevTid;
    }
}

} // namespace exitscope::reader
