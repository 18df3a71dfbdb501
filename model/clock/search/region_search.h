// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/containment.h"
#include "model/clock/line_regions.h"

namespace exitscope {

// Where to look, and what is known beforehand.
struct RegionSearch {
    ClockLine around; // at the middle of the range at the most `reach` off
    TimeRange guest; // the range whose events count
    double reach = 5'000'000; // ns
    double turn = 0; // ns: how much further off at the ends; 0: as much as clocks can drift apart
    ClockPiece fitted = {}; // by fitLine(), with `around` as its line; without corners: not known
};

// A region is what is connected of the lines that leave at the most 0.1 % of the known events more out of runs than the
// best line does; its bounds are those of its lines that leave the fewest out. DESIGN "Certain". Nothing if the best
// leaves more than one in twenty out, or the budget ended.
LineRegions searchRegions(const GuestOnVm &guest, const RegionSearch &search, const SearchBudget &budget);

} // namespace exitscope
