// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/timeline/timeline.h"

namespace exitscope {

// What the host knows at a time of whether a vCPU was in guest mode.
enum class HostKnows : std::uint8_t { Guest, NotGuest, Nothing };

// When guest code can have run on one vCPU: contiguous stretches over the host's recording; outside it nothing is
// known.
struct RunTrack {
    std::vector<Ns> begin; // of each stretch, on the host's clock
    std::vector<HostKnows> knows; // neighbours differ
    TimeRange range;

    std::size_t size() const { return begin.size(); }
    Ns end(std::size_t i) const { return i + 1 < size() ? begin[i + 1] : range.to; }
    Ns timeIn(HostKnows what) const;
    // Of the time known, the share in guest mode; what containment of any event would be by chance. Within (0, 1).
    double guestShare() const { return share; }
    // In the middle: half of the runs are not longer. 0 without runs.
    Ns medianRun() const { return median; }

    void append(Ns from, HostKnows what);
    void finish(); // nothing is appended any more: computes the following
    double share = 0.5;
    Ns median = 0;
};

RunTrack runsOf(const Vcpu &vcpu);
// Of guest code that can have run on any of them: pseudo-vCPUs, where threads are not known.
RunTrack runsOfAny(const Vm &vm);
// A vCPU that the host never saw run.
RunTrack neverRuns(TimeRange range);

// Goes through a track with times that mostly ascend.
class RunCursor {
public:
    explicit RunCursor(const RunTrack &track) : m_track(track) { }
    // The stretch that holds `t`; its end belongs to a run too, so that what happens at the very end of one is
    // contained. Whatever is outside the recording counts as Nothing.
    HostKnows at(Ns t);
    std::size_t stretch() const { return m_at; } // of the last at() that was not outside

private:
    const RunTrack &m_track;
    std::size_t m_at = 0;
};

} // namespace exitscope
