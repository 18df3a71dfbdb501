// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/line_boxes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace exitscope {

namespace {

constexpr double kTouching = 1; // ns: results of rounding

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
    using Corner = ClockPiece::Corner;
    const auto less = [](const Corner &a, const Corner &b) {
        return std::pair(a.drift, a.offsetNs) < std::pair(b.drift, b.offsetNs);
    };
    std::ranges::sort(corners, less);
    corners.erase(std::unique(corners.begin(), corners.end()), corners.end());
    if (corners.size() < 3)
        return corners;
    std::vector<Corner> hull;
    const auto add = [&hull](const Corner &next, std::size_t least) {
        while (hull.size() >= least) {
            const Corner &a = hull[hull.size() - 2];
            const Corner &b = hull.back();
            const long double cross = static_cast<long double>(b.drift - a.drift) * (next.offsetNs - a.offsetNs)
                - static_cast<long double>(b.offsetNs - a.offsetNs) * (next.drift - a.drift);
            if (cross > 0)
                break;
            hull.pop_back();
        }
        hull.push_back(next);
    };
    for (const Corner &corner : corners)
        add(corner, 2);
    const std::size_t below = hull.size() + 1;
    for (auto corner = corners.rbegin() + 1; corner != corners.rend(); ++corner)
        add(*corner, below);
    hull.pop_back(); // the first once more
    return hull;
}

} // namespace exitscope
