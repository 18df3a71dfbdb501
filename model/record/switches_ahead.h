// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "model/record/loss_tracker.h"
#include "model/record/stream_teller.h"

namespace exitscope {

// Which thread the next sched_switch of a stream takes off, from reading ahead in it: it is told the events of the
// stream as a LossTracker is, and asked behind one event after the other.
class SwitchesAhead {
public:
    void discardedEvents() { m_losses.discardedEvents(); }
    void discardedPackets() { m_losses.discardedPackets(); }
    void packetEnd();
    void event(Ns timeNs); // one before the last counts as of its time
    void switchedOff(std::int32_t tid); // that event is a sched_switch away from that thread
    // No event follows; `restLost`: because what follows cannot be read.
    void end(bool restLost = false);

    // Of the first sched_switch behind the event of that number (a stretch that begins directly behind it is over);
    // nothing as long as more of the stream is needed for the answer. Ask in order.
    std::optional<StreamTeller::NextSwitch> behind(std::uint64_t event);

private:
    struct Switch {
        std::uint64_t event;
        StreamTeller::NextSwitch next;
    };
    struct Stretch {
        std::uint64_t behind; // which event it begins
        Ns atNs;
    };

    void takeMarks();
    Ns timeOfEvent(std::uint64_t event) const;

    LossTracker m_losses;
    std::deque<Switch> m_switches; // that came by, and were not asked for
    std::deque<Stretch> m_stretches;
    std::deque<Ns> m_times; // of the last events: those behind which a stretch can turn out to begin
    std::optional<Ns> m_ended; // what is known ends there
};

} // namespace exitscope
