// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/track_gaps.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr double kLeastGap = 8; // ns

} // namespace

double TrackGaps::commonOf(const GuestOnVm &guest)
{
    std::vector<double> lengths;
    for (const EventsOnRuns &pair : guest)
        for (std::size_t i = 0; i < pair.runs->size(); ++i)
            if (pair.runs->knows[i] == HostKnows::NotGuest)
                lengths.push_back(double(pair.runs->end(i) - pair.runs->begin[i]));
    if (lengths.empty())
        return kLeastGap;
    const auto quarter = lengths.begin() + std::ptrdiff_t(lengths.size() / 4);
    std::nth_element(lengths.begin(), quarter, lengths.end());
    return std::max(kLeastGap, *quarter);
}

const TrackGaps::Gaps &TrackGaps::longerThan(const RunTrack &runs, int power)
{
    const auto [at, isNew] = m_gaps.try_emplace({&runs, power});
    Gaps &made = at->second;
    if (!isNew)
        return made;
    const Ns least = Ns(1) << power;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs.knows[i] != HostKnows::NotGuest || runs.end(i) - runs.begin[i] < least)
            continue;
        made.begin.push_back(double(runs.begin[i] - m_origin));
        made.end.push_back(double(runs.end(i) - m_origin));
    }
    return made;
}

} // namespace exitscope
