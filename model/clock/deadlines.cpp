// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/deadlines.h"

#include <algorithm>
#include <cmath>

#include "model/clock/straight_line.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr double kLineWidth = 1500; // ns: so far apart are pairs that lie on one line
constexpr std::size_t kLeastAnchors = 8;
constexpr double kLeastShare = 0.15; // of the pairs
constexpr int kRefinements = 3;

std::vector<PlanePoint> pairsOf(
    const std::vector<DeadlinesOfVcpu> &vcpus, const ClockMap &map, TimeRange guest, Ns reference)
{
    std::vector<PlanePoint> pairs;
    for (const DeadlinesOfVcpu &vcpu : vcpus) {
        if (vcpu.host.empty())
            continue;
        Ns last = kNoTime;
        for (const Ns expires : vcpu.guest) {
            if (expires < guest.from || expires > guest.to || expires == last)
                continue;
            last = expires;
            const Ns expected = map.toHost(expires);
            const Ns late = nearestDeadline(vcpu.host, expected);
            const Ns tolerance = 2 * map.uncertainty(expires).value_or(50'000) + 5000;
            if (std::abs(late) <= tolerance)
                pairs.push_back({double(expires - reference), double(late)});
        }
    }
    return pairs;
}

// The most of the sorted values that lie within the width, as [first, last).
std::pair<std::size_t, std::size_t> densest(const std::vector<double> &sorted, double width)
{
    std::pair<std::size_t, std::size_t> best{0, 0};
    for (std::size_t first = 0, last = 0; first < sorted.size(); ++first) {
        while (last < sorted.size() && sorted[last] - sorted[first] <= width)
            ++last;
        if (last - first > best.second - best.first)
            best = {first, last};
    }
    return best;
}

StraightLine densestLine(const std::vector<PlanePoint> &pairs, double span, double reach, const SearchBudget &budget)
{
    StraightLine best;
    std::size_t most = 0;
    const double step = kLineWidth / 2 / span;
    const int steps = std::min(400, int(std::ceil(2 * reach / span / step)));
    std::vector<double> rest(pairs.size());
    for (int i = -steps; i <= steps && !budget.hasEnded(); ++i) {
        const double slope = step * i;
        std::ranges::transform(pairs, rest.begin(), [&](const PlanePoint &p) { return p.y - slope * p.x; });
        std::ranges::sort(rest);
        const auto [first, last] = densest(rest, kLineWidth);
        if (last - first > most || (last - first == most && std::abs(slope) < std::abs(best.slope))) {
            most = last - first;
            best = {rest[first + (last - first) / 2], slope};
        }
    }
    return best;
}

std::vector<PlanePoint> within(const std::vector<PlanePoint> &pairs, const StraightLine &line, double distance)
{
    std::vector<PlanePoint> near;
    std::ranges::copy_if(
        pairs, std::back_inserter(near), [&](const PlanePoint &p) { return std::abs(p.y - line.at(p.x)) <= distance; });
    return near;
}

} // namespace

Ns nearestDeadline(std::span<const Ns> deadlines, Ns expected)
{
    const auto next = std::ranges::lower_bound(deadlines, expected);
    Ns late = elapsed(expected, next == deadlines.end() ? deadlines.back() : *next);
    if (next != deadlines.begin() && elapsed(*(next - 1), expected) < std::abs(late))
        late = -elapsed(*(next - 1), expected);
    return late;
}

std::optional<DeadlineEstimate> estimateByDeadlines(
    const std::vector<DeadlinesOfVcpu> &vcpus, const ClockMap &map, TimeRange guest, const SearchBudget &budget)
{
    const Ns reference = guest.from + guest.length() / 2;
    const std::vector<PlanePoint> pairs = pairsOf(vcpus, map, guest, reference);
    if (pairs.size() < kLeastAnchors)
        return std::nullopt;
    const double reach = double(map.uncertainty(guest).value_or(50'000)) + 5000;
    StraightLine line = densestLine(pairs, std::max(1.0, double(guest.length()) / 2), reach, budget);
    std::vector<PlanePoint> on = within(pairs, line, kLineWidth);
    for (int i = 0; i < kRefinements && on.size() >= kLeastAnchors; ++i) {
        line = leastSquares(on);
        on = within(pairs, line, kLineWidth / 2);
    }
    if (budget.hasEnded() || on.size() < kLeastAnchors || double(on.size()) < kLeastShare * double(pairs.size()))
        return std::nullopt;
    // The map is a line near here: the estimate is that line with the rest added.
    const Ns before = map.toHost(guest.from);
    const Ns after = map.toHost(guest.to);
    const double drift = guest.length() > 0 ? double((after - before) - guest.length()) / double(guest.length()) : 0;
    const auto [first, last] = std::ranges::minmax(on, {}, &PlanePoint::x);
    return DeadlineEstimate{{reference, map.toHost(reference) + Ns(std::llround(line.offset)), drift + line.slope},
        std::int64_t(on.size()), {reference + Ns(first.x), reference + Ns(last.x)}};
}

} // namespace exitscope
