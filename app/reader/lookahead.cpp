// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/lookahead.h"

#include <algorithm>
#include <utility>

namespace exitscope::reader {

namespace {

constexpr int kAliveEvery = 512; // messages
constexpr std::size_t kTimes = 16; // more events than a loss at the end of a packet makes doubtful

} // namespace

Lookahead::Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive)
    : m_iterator(stream.createIterator()), m_plans(plans), m_alive(std::move(alive))
{
}

StreamTeller::NextSwitch Lookahead::behind(std::uint64_t event)
{
    for (int messages = 1;; ++messages) {
        while (!m_switches.empty() && m_switches.front().event <= event) {
            m_switches.pop_front();
        }
        while (!m_stretches.empty() && m_stretches.front().behind <= event) {
            m_stretches.pop_front();
        }
        const bool isFound = !m_switches.empty() && m_switches.front().event <= m_losses.settled();
        if (!m_stretches.empty() && (!isFound || m_stretches.front().behind < m_switches.front().event)) {
            return {kNoThread, m_stretches.front().atNs};
        }
        if (isFound) {
            return m_switches.front().next;
        }
        if (m_ended) {
            return {};
        }
        m_ended = !advance();
        if (messages % kAliveEvery == 0) {
            m_alive();
        }
    }
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
        m_losses.packetEnd();
        return false;
    }
    switch (bt_message_get_type(message)) {
    case BT_MESSAGE_TYPE_EVENT:
        event(message);
        break;
    case BT_MESSAGE_TYPE_PACKET_END:
        m_losses.packetEnd();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
        m_losses.discardedEvents();
        break;
    case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
        m_losses.discardedPackets();
        break;
    default:
        break;
    }
    for (const LossTracker::Mark &mark : m_losses.takeMarks()) {
        if (mark.begins) {
            m_stretches.push_back({mark.event, timeOfEvent(mark.event)});
        }
    }
    return true;
}

void Lookahead::event(const bt_message *message)
{
    if (m_repetition.is(message)) {
        return;
    }
    m_losses.event();
    Ns timeNs = m_times.empty() ? kNoTime : m_times.back();
    try {
        timeNs = std::max(timeNs, timeOf(bt_message_event_borrow_default_clock_snapshot_const(message)));
    } catch (const ReadError &) {
        // as above
    }
    m_times.push_back(timeNs);
    if (m_times.size() > kTimes) {
        m_times.pop_front();
    }
    const bt_event *event = bt_message_event_borrow_event_const(message);
    const EventPlan &plan = m_plans.of(bt_event_borrow_class_const(event));
    if (plan.what.kind == EventKind::SchedSwitch) {
        m_switches.push_back({m_losses.events(), {decodeRecord(plan, event).switched.prevTid, timeNs}});
    }
}

Ns Lookahead::timeOfEvent(std::uint64_t event) const
{
    const std::uint64_t back = m_losses.events() - event;
    return back < m_times.size() ? m_times[m_times.size() - 1 - back] : kNoTime; // before the first event
}

} // namespace exitscope::reader
