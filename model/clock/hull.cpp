// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/hull.h"

namespace exitscope {

void addToHull(std::vector<PlanePoint> &hull, PlanePoint point, double side)
{
    if (!hull.empty() && hull.back().x == point.x) {
        if ((point.y - hull.back().y) * side <= 0)
            return;
        hull.pop_back();
    }
    while (hull.size() >= 2) {
        const PlanePoint &a = hull[hull.size() - 2];
        const PlanePoint &b = hull.back();
        const long double cross = static_cast<long double>(b.x - a.x) * (point.y - a.y)
            - static_cast<long double>(b.y - a.y) * (point.x - a.x);
        if (cross * side < 0)
            break; // b stays a corner
        hull.pop_back();
    }
    hull.push_back(point);
}

} // namespace exitscope
