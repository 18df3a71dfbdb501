// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/containment.h"

namespace exitscope {

// Where to look for a line: around one whose error is at most `reach` at the reference and at the ends of the range.
struct LineSearch {
    ClockLine around;
    TimeRange guest; // the range that counts
    Ns reach = 0;
    double maxDrift = 0; // of the result, either way
    std::size_t events = 4000; // how many to look at, at the most
};

struct FoundLine {
    ClockLine line;
    double likelihood = 0; // ln, of the events looked at, each counted
};

// The line under which most events are contained: each event votes for the offsets that put it into a run, drift by
// drift, in ever smaller steps around the best, down to a step well below the shortest runs.
FoundLine searchLine(const GuestOnVm &guest, const LineSearch &search);

} // namespace exitscope
