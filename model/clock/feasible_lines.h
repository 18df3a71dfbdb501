// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/clock/hull.h"

namespace exitscope {

// Of one instant: its guest time, and the host times between which it lies. Either may be kNoTime: not bounded there.
struct InstantBounds {
    Ns guest = 0;
    Ns earliest = kNoTime;
    Ns latest = kNoTime;
};

// All lines that keep to bounds of instants: a convex region, found by the hulls of the bounds.
// The drift stays within ± maxDrift.
class FeasibleLines {
public:
    // `instants` are ordered by guest time.
    FeasibleLines(std::span<const InstantBounds> instants, double maxDrift);

    // No line keeps to all of them.
    bool isEmpty() const { return m_corners.empty(); }
    // How far the widest-margin line stays from every bound, ns; negative if isEmpty(); infinite without two-sided
    // bounds.
    double margin() const { return m_margin; }
    // The line in the middle; where there is none, that which breaks the bounds least.
    ClockLine widestMargin() const;
    // As a piece with the region's corners; the line is the widest-margin one.
    ClockPiece piece() const;

private:
    double highest(double drift) const; // offset that the upper bounds allow
    double lowest(double drift) const;
    void solve(double maxDrift);
    std::vector<double> breakpoints(double maxDrift) const;

    Ns m_reference = 0;
    Ns m_host = 0;
    // Points: x is guest time from m_reference, y host - guest from m_host - m_reference.
    std::vector<PlanePoint> m_below; // bounds that a line must not be below: their upper hull
    std::vector<PlanePoint> m_above; // bounds that it must not be above: their lower hull
    double m_drift = 0;
    double m_offset = 0;
    double m_margin = 0;
    std::vector<ClockPiece::Corner> m_corners;
};

} // namespace exitscope
