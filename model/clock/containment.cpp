// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/containment.h"

#include <algorithm>
#include <cmath>

namespace exitscope {

namespace {

// Even under the true map some events may fall outside: clocks that do not stay linear, stamps taken late.
constexpr double kMisfitRate = 0.02;

std::span<const Ns> eventsWithin(std::span<const Ns> events, TimeRange within)
{
    const auto first = std::ranges::lower_bound(events, within.from);
    const auto last = std::upper_bound(first, events.end(), within.to);
    return {first, last};
}

// Of each group of neighbours the one with the longest silence before it.
std::vector<Ns> firstOfBursts(std::span<const Ns> events, std::size_t group)
{
    std::vector<Ns> first;
    for (std::size_t begin = 0; begin < events.size(); begin += group) {
        std::size_t best = begin;
        Ns longest = begin == 0 ? -1 : events[begin] - events[begin - 1]; // before the very first: not known
        for (std::size_t i = begin + 1; i < std::min(begin + group, events.size()); ++i) {
            if (events[i] - events[i - 1] > longest) {
                best = i;
                longest = events[i] - events[i - 1];
            }
        }
        first.push_back(events[best]);
    }
    return first;
}

} // namespace

EventWeights weightsOf(const RunTrack &runs)
{
    const double share = runs.guestShare();
    return {std::log((1 - kMisfitRate) / share), std::log(kMisfitRate / (1 - share))};
}

Containment containmentOf(const GuestOnVm &guest, const ClockMap &map, Ns gap, const SearchBudget &budget)
{
    Containment sum;
    for (const EventsOnRuns &pair : guest) {
        if (budget.hasEnded())
            break;
        RunCursor cursor(*pair.runs);
        const EventWeights weights = weightsOf(*pair.runs);
        Ns counted = kNoTime;
        for (const Ns event : pair.events) {
            const Ns at = map.toHost(event);
            const HostKnows knows = cursor.at(at);
            if (knows == HostKnows::Nothing) {
                const bool isOutside = at < pair.runs->range.from || at > pair.runs->range.to;
                ++(isOutside ? sum.outside : sum.unknown);
                continue;
            }
            const bool in = knows == HostKnows::Guest;
            ++sum.known;
            sum.contained += in;
            if (counted == kNoTime || event - counted >= gap) {
                sum.likelihood += in ? weights.in : weights.out;
                counted = event;
            }
        }
    }
    return sum;
}

std::vector<Ns> misfitsOf(const GuestOnVm &guest, const ClockMap &map, const SearchBudget &budget)
{
    std::vector<Ns> misfits;
    for (const EventsOnRuns &pair : guest) {
        if (budget.hasEnded())
            break;
        RunCursor cursor(*pair.runs);
        for (const Ns event : pair.events)
            if (cursor.at(map.toHost(event)) == HostKnows::NotGuest)
                misfits.push_back(event);
    }
    std::ranges::sort(misfits);
    return misfits;
}

std::vector<InstantBounds> boundsOfContained(
    const GuestOnVm &guest, const ClockMap &map, TimeRange within, const SearchBudget &budget)
{
    std::vector<InstantBounds> bounds;
    for (const EventsOnRuns &pair : guest) {
        if (budget.hasEnded())
            break;
        const auto own = std::ptrdiff_t(bounds.size());
        RunCursor cursor(*pair.runs);
        const RunTrack &runs = *pair.runs;
        Ns last = kNoTime;
        std::size_t run = runs.size();
        // Where the host knows nothing beside a run, the event may have been there, under a map that is a little off.
        const auto isBorder
            = [&runs](std::size_t beside) { return beside < runs.size() && runs.knows[beside] == HostKnows::NotGuest; };
        const auto endRun = [&] {
            if (last != kNoTime && isBorder(run + 1))
                bounds.push_back({last, kNoTime, runs.end(run)});
            last = kNoTime;
        };
        for (const Ns event : eventsWithin(pair.events, within)) {
            if (cursor.at(map.toHost(event)) != HostKnows::Guest) {
                endRun();
                continue;
            }
            if (last == kNoTime || cursor.stretch() != run) {
                endRun();
                run = cursor.stretch();
                if (run > 0 && isBorder(run - 1))
                    bounds.push_back({event, runs.begin[run], kNoTime});
            }
            last = event;
        }
        endRun();
        std::ranges::inplace_merge(bounds, bounds.begin() + own, {}, &InstantBounds::guest);
    }
    return bounds;
}

ThinnedGuest::ThinnedGuest(const GuestOnVm &guest, TimeRange within, std::size_t most)
{
    std::size_t all = 0;
    for (const EventsOnRuns &pair : guest)
        all += eventsWithin(pair.events, within).size();
    m_isAll = all <= most;
    for (const EventsOnRuns &pair : guest) {
        const std::span<const Ns> events = eventsWithin(pair.events, within);
        if (m_isAll) {
            m_pairs.push_back({events, pair.runs});
            continue;
        }
        m_events.push_back(firstOfBursts(events, (all + most - 1) / most));
        m_pairs.push_back({m_events.back(), pair.runs});
    }
}

} // namespace exitscope
