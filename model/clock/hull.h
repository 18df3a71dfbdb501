// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace exitscope {

struct PlanePoint {
    double x;
    double y;
};

// Adds a point to the hull of those before it, which lie at the same x or before. `side` 1: the upper hull, -1: the
// lower.
void addToHull(std::vector<PlanePoint> &hull, PlanePoint point, double side);

} // namespace exitscope
