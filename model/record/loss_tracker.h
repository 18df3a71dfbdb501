// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace exitscope {

// Where a stream is blind (manual "Definitions", Loss), from the order of its packets and events.
// Events discarded before packet N was complete were lost between the packets N-1 and N, or at the end of N. Which
// events of N are doubtful is known only when N ends, so what is said of the last ones comes late.
class LossTracker {
public:
    // Events are numbered from 1.
    struct Mark {
        bool begins; // a stretch; else it ends
        std::uint64_t event; // it begins after this one (0: with the recording), or ends before it
        bool operator==(const Mark &) const = default;
    };

    void discardedEvents(); // before the packet that comes next was complete
    void discardedPackets();
    void event()
    {
        ++m_events;
        if (m_packetEvents++ == 0)
            m_packetLost = std::exchange(m_nextPacketLost, false);
        if (m_packetLost)
            return eventOfLossyPacket();
        end(m_events);
        m_settled = m_events;
    }
    void packetEnd();

    // What became known since the last call, in the order of the events.
    std::vector<Mark> takeMarks();
    // Nothing is to be told of the last event or of those before it: neither now nor later.
    bool isQuiet() const { return m_settled == m_events && m_marks.empty(); }
    // Nor does anything wait for the events that follow.
    bool isCalm() const { return isQuiet() && !m_blind && !m_packetLost && !m_nextPacketLost; }
    void events(std::uint64_t count) // as often event(), where it is calm
    {
        m_settled = m_events += count;
        m_packetEvents += count;
    }
    std::uint64_t events() const { return m_events; }
    // Of the events up to this one it is known whether they lie in a stretch: marks that come later lie behind it.
    std::uint64_t settled() const { return m_settled; }
    bool isBlind() const { return m_blind; } // at the last event that is settled, and behind it

private:
    static constexpr std::uint64_t kTail = 11; // events at the end of a packet, all but the first of them doubtful

    void eventOfLossyPacket();
    void begin(std::uint64_t after);
    void end(std::uint64_t before)
    {
        if (std::exchange(m_blind, false))
            m_marks.push_back({false, before});
    }

    std::uint64_t m_events = 0;
    std::uint64_t m_settled = 0;
    std::uint64_t m_packetEvents = 0; // so far
    bool m_nextPacketLost = false;
    bool m_packetLost = false;
    bool m_blind = false;
    std::vector<Mark> m_marks;
};

} // namespace exitscope
