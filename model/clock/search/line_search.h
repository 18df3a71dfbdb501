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
};

// The line under which most events are contained: each event votes for the offsets that put it into a run, drift by
// drift. Exact to a part of a run only; looks at some events.
ClockLine scanLine(const GuestOnVm &guest, const LineSearch &search, const SearchBudget &budget);

// The same, and then in ever smaller steps around the best few, down to a step well below the shortest runs.
ClockLine searchLine(const GuestOnVm &guest, const LineSearch &search, const SearchBudget &budget);

} // namespace exitscope
