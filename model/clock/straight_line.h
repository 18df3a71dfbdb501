// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "model/clock/hull.h"

namespace exitscope {

// y = offset + slope * x.
struct StraightLine {
    double offset = 0;
    double slope = 0;
    double at(double x) const { return offset + slope * x; }
};

// From which the points are the least away, squared. Level if all are at one x; there must be a point.
StraightLine leastSquares(std::span<const PlanePoint> points);

} // namespace exitscope
