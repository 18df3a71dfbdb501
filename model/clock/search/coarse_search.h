// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <vector>

#include "model/clock/containment.h"
#include "model/clock/search/starting_points.h"

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
    const std::atomic<bool> *cancel = nullptr; // once it is set, there are no candidates
    bool mayJump = false; // paths may also jump anywhere between windows, at a price: of a clock that was set anew
};

// Searches every lag at which the spans of guest and host overlap, for drifts of up to ± 200 ppm: the guest's events of
// some windows of half a second are correlated with the log-likelihood of the runs, and the windows summed along paths.
CoarseResult searchCoarse(
    const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options = {});

} // namespace exitscope
