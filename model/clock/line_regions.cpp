// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/line_regions.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "model/clock/search/line_boxes.h"

namespace exitscope {

namespace {

std::array<Ns, 3> threeTimes(TimeRange guest)
{
    return {guest.from, guest.from + guest.length() / 2, guest.to};
}

// From the lowest to the highest that any region gives at each of the times.
std::array<std::optional<TimeRange>, 3> boundsAt(const LineRegions &regions, const std::array<Ns, 3> &times)
{
    std::array<std::optional<TimeRange>, 3> bounds;
    for (std::size_t i = 0; i < times.size(); ++i)
        bounds[i] = regions.bounds(times[i]);
    return bounds;
}

} // namespace

std::optional<TimeRange> LineRegions::bounds(Ns guest) const
{
    std::optional<TimeRange> all;
    for (const LineRegion &region : regions) {
        const auto own = region.piece.bounds(guest);
        if (!own)
            return std::nullopt;
        all = all ? TimeRange{std::min(all->from, own->from), std::max(all->to, own->to)} : *own;
    }
    return all;
}

ClockPiece widened(const ClockPiece &piece, const LineRegions &regions)
{
    ClockPiece wide = piece;
    for (const LineRegion &region : regions.regions)
        std::ranges::copy(cornersFrom(region.piece, piece.line), std::back_inserter(wide.corners));
    wide.corners = hullOf(std::move(wide.corners));
    return wide;
}

ClockPiece spanning(const LineRegions &regions, TimeRange guest)
{
    if (regions.size() == 1)
        return regions.regions.front().piece;
    const std::array<Ns, 3> times = threeTimes(guest);
    const auto bounds = boundsAt(regions, times);
    const auto mostError = [&](const ClockLine &line) { // how far the truth can be from the line
        Ns most = 0;
        for (std::size_t i = 0; i < times.size(); ++i)
            if (const Ns host = line.toHost(times[i]); bounds[i])
                most = std::max({most, host - bounds[i]->from, bounds[i]->to - host});
        return most;
    };
    const auto middle = std::ranges::min_element(regions.regions, {},
        [&](const LineRegion &region) { return std::pair(region.misfits, mostError(region.piece.line)); });
    return widened(middle->piece, regions);
}

LineRegions near(const LineRegions &regions, const ClockLine &line, TimeRange guest, Ns distance)
{
    LineRegions left = regions;
    const auto isFar = [&](const LineRegion &region) {
        return std::ranges::any_of(threeTimes(guest), [&](Ns at) {
            const auto bounds = region.piece.bounds(at);
            const Ns host = line.toHost(at);
            return bounds && (host < bounds->from - distance || host > bounds->to + distance);
        });
    };
    std::erase_if(left.regions, isFar);
    return left.regions.empty() ? regions : left;
}

} // namespace exitscope
