// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <cstdint>
#include <vector>

namespace exitscope {

// What a row of the timeline shows of its vCPUs, from top to bottom. A new kind gets its room in timeline_lanes.cpp,
// its condition where rows are placed, and a part of timeline_parts.h that fills it.
enum class LaneKind : std::uint8_t {
    Marks, // exits
    States, // a band
    Guests, // the guest's threads
    Contexts, // what they do
    Pcpus, // where the vCPU sits
};

struct Lane {
    LaneKind kind{};
    QRectF rect;
};

// A row with names in it is high enough for text of that height.
struct LaneRoom {
    QRectF row; // without its label
    double textHeight = 0; // px
    bool hasNames = false;
};

inline constexpr double kThinStrip = 6; // px that a strip of contexts has where its row is not high

// px that a lane of that kind needs in such a row; States take what the others leave.
double laneHeight(LaneKind kind, const LaneRoom &room);

// The kinds, in their order, one below the other.
std::vector<Lane> placeLanes(const std::vector<LaneKind> &kinds, const LaneRoom &room);

} // namespace exitscope
