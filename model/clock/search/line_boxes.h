// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/clock_map.h"

// Lines near one, told by two numbers: how far they lie from it at the middle of a range of guest time, their offset,
// and how much further at the range's end, their turn (at its begin by as much less). Both in ns of host time.
namespace exitscope {

struct LineFrame {
    LineFrame(const ClockLine &near, TimeRange guest);

    ClockLine at(double offset, double turn) const;
    double driftOf(double turn) const { return line.drift + turn / half; }
    double turnOf(double drift) const { return (drift - line.drift) * half; }
    double offsetOf(const ClockLine &other) const;

    ClockLine line; // told from the middle of the range
    double half; // of the range, ns; not 0
};

// All lines whose offset and turn lie between these.
struct LineBox {
    double offsetFrom = 0;
    double offsetTo = 0;
    double turnFrom = 0;
    double turnTo = 0;

    double offsets() const { return offsetTo - offsetFrom; }
    double turns() const { return turnTo - turnFrom; }
    double offset() const { return (offsetFrom + offsetTo) / 2; } // in the middle
    double turn() const { return (turnFrom + turnTo) / 2; }
};

// Boxes that touch, and what touches these, and so on, are one of the results. In the order of their first offset.
std::vector<std::vector<LineBox>> connected(std::vector<LineBox> boxes);

// The bounds of all their lines, as corners of a piece whose line is in the middle of the largest box.
ClockPiece pieceOf(const LineFrame &frame, const std::vector<LineBox> &boxes);

// The same corners told from another line.
std::vector<ClockPiece::Corner> cornersFrom(const ClockPiece &piece, const ClockLine &line);

// Those that bound all: the corners of the convex hull.
std::vector<ClockPiece::Corner> hullOf(std::vector<ClockPiece::Corner> corners);

} // namespace exitscope
