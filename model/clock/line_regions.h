// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/clock_map.h"

namespace exitscope {

// Lines that fit about as well as the best, and that are connected.
struct LineRegion {
    ClockPiece piece; // the line in its middle, and the corners of what bounds it
    std::int64_t misfits = 0; // known events that its lines leave out of runs
    // Its bounds are all lines that put the same events into the same runs; else they hold some more.
    bool isExact = false;
};

// All lines that fit about as well as the best (DESIGN "Certain"): they form one region, or several that lie apart.
struct LineRegions {
    // Those with the fewest misfits first, of equals the one at the lowest offset. Empty: not sought, or no line fits.
    std::vector<LineRegion> regions;
    bool isComplete = true; // else the bounds hold, but there can be fewer regions, and narrower ones

    std::size_t size() const { return regions.size(); }
    std::int64_t misfits() const { return regions.empty() ? 0 : regions.front().misfits; } // of the best line
    // From the lowest to the highest host time that any of them gives; none if nothing bounds one of them.
    std::optional<TimeRange> bounds(Ns guest) const;
};

// Of the regions with the fewest misfits the line from which the truth can be the least away over the range, with the
// bounds of all regions.
ClockPiece spanning(const LineRegions &regions, TimeRange guest);

// The piece with bounds that hold for the regions too.
ClockPiece widened(const ClockPiece &piece, const LineRegions &regions);

// Without the regions none of whose lines comes within `distance` ns of the line, at the begin, the middle and the end
// of the range. All, if it is near none.
LineRegions near(const LineRegions &regions, const ClockLine &line, TimeRange guest, Ns distance);

} // namespace exitscope
