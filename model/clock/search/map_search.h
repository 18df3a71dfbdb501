// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/containment.h"
#include "model/clock/line_regions.h"
#include "model/clock/search/starting_points.h"

namespace exitscope {

// The map that containment finds for a guest on a VM.
struct FoundMap {
    ClockMap map; // with proven bounds; empty if none could be tried
    Containment containment;
    double runnerUp = 0; // likelihood of the best map that is 5 ms or more away, or of none at all
    Ns gap = 0; // of Containment::likelihood
    LineRegions regions; // of a map of one piece that fits
};

// From every map that is possible to the best: see searchCoarse(), searchLine(), fitLine(), fitPieces().
FoundMap findMap(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const std::vector<StartingPoint> &starts, const SearchBudget &budget);

} // namespace exitscope
