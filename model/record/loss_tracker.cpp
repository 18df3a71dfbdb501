// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/loss_tracker.h"

#include <utility>

namespace exitscope {

void LossTracker::discardedEvents()
{
    begin(m_events);
    m_nextPacketLost = true;
}

void LossTracker::discardedPackets()
{
    begin(m_events);
}

void LossTracker::eventOfLossyPacket()
{
    if (m_packetEvents < kTail)
        return;
    end(m_events - (m_packetEvents - 1));
    m_settled = m_events - (kTail - 1);
}

void LossTracker::packetEnd()
{
    if (m_packetLost && m_packetEvents >= kTail)
        begin(m_events - (kTail - 1));
    m_settled = m_events;
    m_nextPacketLost = false; // of a packet without events there is no end to doubt
    m_packetLost = false;
    m_packetEvents = 0;
}

std::vector<LossTracker::Mark> LossTracker::takeMarks()
{
    return std::exchange(m_marks, {});
}

void LossTracker::begin(std::uint64_t after)
{
    if (!std::exchange(m_blind, true))
        m_marks.push_back({true, after});
}

} // namespace exitscope
