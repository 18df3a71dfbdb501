// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/straight_line.h"

namespace exitscope {

StraightLine leastSquares(std::span<const PlanePoint> points)
{
    double n = 0, x = 0, y = 0;
    for (const PlanePoint &point : points) {
        n += 1;
        x += point.x;
        y += point.y;
    }
    x /= n;
    y /= n;
    double xx = 0, xy = 0;
    for (const PlanePoint &point : points) {
        xx += (point.x - x) * (point.x - x);
        xy += (point.x - x) * (point.y - y);
    }
    const double slope = xx > 0 ? xy / xx : 0;
    return {y - slope * x, slope};
}

} // namespace exitscope
