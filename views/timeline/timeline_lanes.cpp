// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_lanes.h"

#include <algorithm>
#include <cmath>

namespace exitscope {

namespace {

constexpr double kBareStrip = 3; // px, without names
constexpr double kStripGap = 1; // above it
constexpr double kHighRow = 96; // px: here contexts have room for their names

double gapAround(double height)
{
    return height >= 20 ? 2 : height >= 8 ? 1 : 0;
}

} // namespace

double laneHeight(LaneKind kind, const LaneRoom &room)
{
    const double text = std::ceil(room.textHeight);
    switch (kind) {
    case LaneKind::Marks:
        return room.hasNames ? text : std::floor(room.row.height() * 0.25);
    case LaneKind::States:
        return 0;
    case LaneKind::Guests:
    case LaneKind::Pcpus:
        return room.hasNames ? text : kBareStrip;
    case LaneKind::Contexts:
        return !room.hasNames ? kBareStrip : room.row.height() >= kHighRow ? text : kThinStrip;
    }
    return 0;
}

std::vector<Lane> placeLanes(const std::vector<LaneKind> &kinds, const LaneRoom &room)
{
    const double gap = gapAround(room.row.height());
    double others = 0;
    for (const LaneKind kind : kinds)
        others += laneHeight(kind, room);
    const double states = std::max(1.0, room.row.height() - 2 * gap - others);

    std::vector<Lane> lanes;
    double top = room.row.top() + gap;
    for (const LaneKind kind : kinds) {
        const double height = kind == LaneKind::States ? states : laneHeight(kind, room);
        const double above = kind == LaneKind::Marks || kind == LaneKind::States ? 0 : kStripGap;
        lanes.push_back({kind, QRectF(room.row.left(), top + above, room.row.width(), height - above)});
        top += height;
    }
    return lanes;
}

} // namespace exitscope
