// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/feasible_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace exitscope {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

} // namespace

FeasibleLines::FeasibleLines(std::span<const InstantBounds> instants, double maxDrift)
{
    if (instants.empty())
        return;
    // Near the middle of the data numbers stay small. Any host time near will do.
    const InstantBounds &middle = instants[instants.size() / 2];
    m_reference = instants.front().guest + (instants.back().guest - instants.front().guest) / 2;
    m_host = (middle.earliest != kNoTime ? middle.earliest : middle.latest) + (m_reference - middle.guest);
    for (const InstantBounds &instant : instants) {
        const auto x = double(instant.guest - m_reference);
        const Ns same = m_host + (instant.guest - m_reference);
        if (instant.earliest != kNoTime)
            addToHull(m_below, {x, double(instant.earliest - same)}, 1);
        if (instant.latest != kNoTime)
            addToHull(m_above, {x, double(instant.latest - same)}, -1);
    }
    solve(maxDrift);
}

double FeasibleLines::highest(double drift) const
{
    double offset = kInfinite;
    for (const PlanePoint &point : m_above)
        offset = std::min(offset, point.y - drift * point.x);
    return offset;
}

double FeasibleLines::lowest(double drift) const
{
    double offset = -kInfinite;
    for (const PlanePoint &point : m_below)
        offset = std::max(offset, point.y - drift * point.x);
    return offset;
}

// Between these drifts highest() and lowest() are straight.
std::vector<double> FeasibleLines::breakpoints(double maxDrift) const
{
    std::vector<double> drifts{-maxDrift, maxDrift};
    for (const auto *hull : {&m_below, &m_above}) {
        for (std::size_t i = 1; i < hull->size(); ++i) {
            const double drift = ((*hull)[i].y - (*hull)[i - 1].y) / ((*hull)[i].x - (*hull)[i - 1].x);
            if (std::abs(drift) < maxDrift)
                drifts.push_back(drift);
        }
    }
    std::ranges::sort(drifts);
    return drifts;
}

void FeasibleLines::solve(double maxDrift)
{
    if (m_below.empty() || m_above.empty()) { // one side alone bounds no region
        m_margin = kInfinite;
        m_offset = m_below.empty() ? (m_above.empty() ? 0 : highest(0)) : lowest(0);
        return;
    }
    const std::vector<double> drifts = breakpoints(maxDrift);
    std::vector<double> gaps;
    for (const double drift : drifts)
        gaps.push_back(highest(drift) - lowest(drift));
    const double widest = *std::ranges::max_element(gaps);
    // Where several are as wide, the middle of them.
    double first = kInfinite;
    double last = -kInfinite;
    for (std::size_t i = 0; i < drifts.size(); ++i) {
        if (gaps[i] >= widest - 1e-6) {
            first = std::min(first, drifts[i]);
            last = std::max(last, drifts[i]);
        }
    }
    m_drift = (first + last) / 2;
    m_offset = (highest(m_drift) + lowest(m_drift)) / 2;
    m_margin = widest / 2;
    if (widest < 0)
        return;
    std::vector<double> possible;
    for (std::size_t i = 0; i < drifts.size(); ++i) {
        if (gaps[i] >= 0)
            possible.push_back(drifts[i]);
        if (i + 1 < drifts.size() && (gaps[i] >= 0) != (gaps[i + 1] >= 0))
            possible.push_back(drifts[i] + (drifts[i + 1] - drifts[i]) * gaps[i] / (gaps[i] - gaps[i + 1]));
    }
    for (const double drift : possible) {
        m_corners.push_back({drift, lowest(drift)});
        m_corners.push_back({drift, highest(drift)});
    }
}

ClockLine FeasibleLines::widestMargin() const
{
    return {m_reference, m_host + std::llround(m_offset), m_drift};
}

ClockPiece FeasibleLines::piece() const
{
    ClockPiece piece;
    piece.line = widestMargin();
    piece.corners = m_corners;
    for (ClockPiece::Corner &corner : piece.corners)
        corner.offsetNs -= double(piece.line.hostAtReference - m_host);
    return piece;
}

} // namespace exitscope
