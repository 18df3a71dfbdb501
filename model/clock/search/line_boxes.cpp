// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/line_boxes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/clock/hull.h"

namespace exitscope {

namespace {

constexpr double kTouching = 16; // ns: the smallest boxes are not exact to less

bool overlap(double from, double to, double otherFrom, double otherTo)
{
    return from <= otherTo + kTouching && otherFrom <= to + kTouching;
}

std::size_t rootOf(std::vector<std::size_t> &parent, std::size_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

} // namespace

LineFrame::LineFrame(const ClockLine &near, TimeRange guest)
    : line(near.at(guest.from + guest.length() / 2)), half(std::max(1.0, double(guest.length()) / 2))
{
}

ClockLine LineFrame::at(double offset, double turn) const
{
    return {line.referenceGuest, line.hostAtReference + std::llround(offset), driftOf(turn)};
}

double LineFrame::offsetOf(const ClockLine &other) const
{
    return double(other.toHost(line.referenceGuest) - line.hostAtReference);
}

std::vector<std::vector<LineBox>> connected(std::vector<LineBox> boxes)
{
    std::ranges::sort(boxes, {}, &LineBox::offsetFrom);
    std::vector<std::size_t> parent(boxes.size());
    std::iota(parent.begin(), parent.end(), std::size_t(0));
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        for (std::size_t j = i + 1; j < boxes.size() && boxes[j].offsetFrom <= boxes[i].offsetTo + kTouching; ++j) {
            if (!overlap(boxes[i].turnFrom, boxes[i].turnTo, boxes[j].turnFrom, boxes[j].turnTo))
                continue;
            const std::size_t a = rootOf(parent, i);
            const std::size_t b = rootOf(parent, j);
            parent[std::max(a, b)] = std::min(a, b); // the root is the first
        }
    }
    std::vector<std::vector<LineBox>> groups;
    std::vector<std::size_t> groupOf(boxes.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const std::size_t root = rootOf(parent, i);
        if (root == i) {
            groupOf[i] = groups.size();
            groups.emplace_back();
        }
        groups[groupOf[root]].push_back(boxes[i]);
    }
    return groups;
}

ClockPiece pieceOf(const LineFrame &frame, const std::vector<LineBox> &boxes)
{
    ClockPiece piece;
    const auto largest
        = std::ranges::max_element(boxes, {}, [](const LineBox &box) { return box.offsets() * box.turns(); });
    piece.line = frame.at(largest->offset(), largest->turn());
    for (const LineBox &box : boxes) {
        for (const double offset : {box.offsetFrom, box.offsetTo}) {
            const double from = offset - double(piece.line.hostAtReference - frame.line.hostAtReference);
            piece.corners.push_back({frame.driftOf(box.turnFrom), from});
            piece.corners.push_back({frame.driftOf(box.turnTo), from});
        }
    }
    piece.corners = hullOf(std::move(piece.corners));
    return piece;
}

std::vector<ClockPiece::Corner> cornersFrom(const ClockPiece &piece, const ClockLine &line)
{
    std::vector<ClockPiece::Corner> corners = piece.corners;
    // Both references are moved to the line's; numbers stay small since all is told relative to the piece's line.
    const double later = double(line.referenceGuest - piece.line.referenceGuest);
    const double apart = double(piece.line.toHost(line.referenceGuest) - line.hostAtReference);
    for (ClockPiece::Corner &corner : corners)
        corner.offsetNs += apart + (corner.drift - piece.line.drift) * later;
    return corners;
}

std::vector<ClockPiece::Corner> hullOf(std::vector<ClockPiece::Corner> corners)
{
    std::ranges::sort(corners, {}, &ClockPiece::Corner::drift);
    std::vector<PlanePoint> upper, lower;
    for (const ClockPiece::Corner &corner : corners) {
        addToHull(upper, {corner.drift, corner.offsetNs}, 1);
        addToHull(lower, {corner.drift, corner.offsetNs}, -1);
    }
    std::vector<ClockPiece::Corner> hull;
    for (const auto *side : {&lower, &upper})
        for (const PlanePoint &point : *side)
            hull.push_back({point.x, point.y});
    return hull;
}

} // namespace exitscope
