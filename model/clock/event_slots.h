// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "model/clock/alignment.h"
#include "model/clock/run_track.h"

namespace exitscope {

// How many of a guest CPU's events, from the first on, come before something of the host.
struct EventsBefore {
    std::size_t certain = 0; // under every map that is possible
    std::size_t possible = 0; // and no more than so many under any; not certain which of the rest
    std::vector<std::size_t>
        inEach; // under the line of each region that can hold there, those with fewest misfits first

    bool isCertain() const { return certain == possible; }
};

// Which slot the events of a guest CPU lie in: guest code runs only in runs of its vCPU, so that between its events and
// the exits of the vCPU the order is certain wherever the slot is (DESIGN "The guest inside the host", Slots).
class EventSlots {
public:
    // All outlive this. `alignment` has a map, and is of this CPU's guest; `runs` is of the CPU's vCPU.
    EventSlots(std::span<const Ns> events, const GuestAlignment &alignment, const RunTrack &runs)
        : m_events(events), m_alignment(alignment), m_runs(runs)
    {
    }

    // Of an exit at that host time, the events of slots up to its own. An event that falls between two runs makes the
    // exit between them uncertain; where the host does not know what its vCPU did, and as near to that as the bounds
    // reach, times decide. O(log n) for each region, and for each state of the vCPU that the bounds reach.
    EventsBefore before(Ns exit) const;

private:
    bool isBesideUnknown(TimeRange around) const; // of the host's clock
    void add(const ClockPiece &piece, bool isExact, Ns exit, Ns entry, EventsBefore &before) const;

    std::span<const Ns> m_events; // on the guest's clock, ordered
    const GuestAlignment &m_alignment;
    const RunTrack &m_runs;
};

} // namespace exitscope
