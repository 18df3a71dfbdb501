// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/containment.h"
#include "model/clock/search/starting_points.h"
#include "model/clock/search_budget.h"

namespace exitscope {

// A map that the likelihood of containment speaks for, exact to some bins.
struct CoarseCandidate {
    ClockLine line;
    double score = 0; // ln of the likelihood along the line
    double pathScore = 0; // and along the best path near it whose rate may change: never much less
    struct PathPoint {
        Ns guest;
        Ns host;
    };
    std::vector<PathPoint> path; // the middles of the windows
    bool isExpected = false; // the best near a starting point
};

struct CoarseResult {
    Ns bin = 0; // ns
    std::vector<CoarseCandidate> candidates; // best first, some milliseconds apart
};

struct CoarseOptions {
    std::vector<StartingPoint> starts = {}; // the best near each is always among the candidates
    bool mayJump = false; // paths may also jump anywhere between windows, at a price: of a clock that was set anew
    // Nobody knows which CPU is which vCPU: events are matched with the runs of all of these. Empty: with their own.
    std::vector<const RunTrack *> anyOf = {};
};

// Searches every lag at which the spans of guest and host overlap, for drifts of up to ± 200 ppm: the guest's events of
// some windows of half a second are correlated with the log-likelihood of the runs, and the windows summed along paths.
// No candidates once the budget has ended.
CoarseResult searchCoarse(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const CoarseOptions &options, const SearchBudget &budget);

} // namespace exitscope
