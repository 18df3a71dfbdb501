// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/switches_ahead.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr std::size_t kTimes = 16; // more events than a loss at the end of a packet makes doubtful

} // namespace

void SwitchesAhead::packetEnd()
{
    m_losses.packetEnd();
    takeMarks();
}

void SwitchesAhead::event(Ns timeNs)
{
    const Ns last = m_times.empty() ? kNoTime : m_times.back();
    m_losses.event();
    m_times.push_back(std::max(last, timeNs));
    if (m_times.size() > kTimes)
        m_times.pop_front();
    takeMarks();
}

void SwitchesAhead::takeMarks()
{
    for (const LossTracker::Mark &mark : m_losses.takeMarks())
        if (mark.begins)
            m_stretches.push_back({mark.event, timeOfEvent(mark.event)});
}

void SwitchesAhead::switchedOff(std::int32_t tid)
{
    m_switches.push_back({m_losses.events(), {tid, m_times.back()}});
}

void SwitchesAhead::end(bool restLost)
{
    packetEnd();
    const Ns last = m_times.empty() ? kNoTime : m_times.back();
    m_ended = restLost ? last : kEndOfRecording;
}

std::optional<StreamTeller::NextSwitch> SwitchesAhead::behind(std::uint64_t event)
{
    while (!m_switches.empty() && m_switches.front().event <= event)
        m_switches.pop_front();
    while (!m_stretches.empty() && m_stretches.front().behind <= event)
        m_stretches.pop_front();
    const bool isFound = !m_switches.empty() && m_switches.front().event <= m_losses.settled();
    if (!m_stretches.empty() && (!isFound || m_stretches.front().behind < m_switches.front().event))
        return StreamTeller::NextSwitch{kNoThread, m_stretches.front().atNs};
    if (isFound)
        return m_switches.front().next;
    if (m_ended)
        return StreamTeller::NextSwitch{kNoThread, *m_ended};
    return {};
}

Ns SwitchesAhead::timeOfEvent(std::uint64_t event) const
{
    const std::uint64_t back = m_losses.events() - event;
    return back < m_times.size() ? m_times[m_times.size() - 1 - back] : kNoTime; // before the first event
}

} // namespace exitscope
