// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/duration_ranks.h"

#include <algorithm>
#include <numeric>

namespace exitscope {

namespace {

Ns nthOf(std::vector<Ns> &values, std::size_t rank)
{
    const auto nth = values.begin() + std::ptrdiff_t(rank);
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
}

} // namespace

void DurationRanks::addToFew(Ns value)
{
    m_few.push_back(value);
    if (m_few.size() < kFew)
        return;
    m_counts.resize(BinnedDuration::kBins);
    m_min = m_max = value;
    for (const Ns each : m_few)
        addToCounts(BinnedDuration(each));
    m_few = {};
}

std::int64_t DurationRanks::size() const
{
    return m_counts.empty() ? std::int64_t(m_few.size())
                            : std::accumulate(m_counts.begin(), m_counts.end(), std::int64_t(0));
}

bool DurationRanks::look()
{
    if (m_counts.empty())
        return false;
    const auto all = std::size_t(size());
    m_slots.resize(BinnedDuration::kBins);
    std::size_t bin = 0;
    std::size_t before = 0; // values in lower bins
    for (const std::size_t percent : kPercentiles) {
        const std::size_t rank = nearestRank(all, percent);
        for (; before + std::size_t(m_counts[bin]) <= rank; ++bin)
            before += std::size_t(m_counts[bin]);
        if (m_slots[bin])
            continue; // shared with the percentile below
        m_taken.push_back({before, {}});
        m_taken.back().values.reserve(std::size_t(m_counts[bin]));
        m_slots[bin] = std::uint8_t(m_taken.size());
    }
    return true;
}

Ns DurationRanks::valueAt(std::size_t rank)
{
    if (m_counts.empty())
        return nthOf(m_few, rank);
    Taken &of = *std::prev(std::ranges::upper_bound(m_taken, rank, {}, &Taken::before));
    return nthOf(of.values, rank - of.before);
}

Percentiles DurationRanks::percentiles()
{
    const auto all = std::size_t(size());
    if (all == 0)
        return {};
    std::array<Ns, kPercentiles.size()> values{};
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = valueAt(nearestRank(all, kPercentiles[i]));
    return {values[0], values[1], values[2]};
}

void DurationRanks::tell(Distribution &distribution)
{
    const Percentiles percentiles = this->percentiles();
    distribution.p50 = percentiles.p50;
    distribution.p95 = percentiles.p95;
    distribution.p99 = percentiles.p99;
    if (!m_counts.empty()) {
        distribution.min = m_min;
        distribution.max = m_max;
    } else if (!m_few.empty()) {
        const auto [min, max] = std::ranges::minmax(m_few);
        distribution.min = min;
        distribution.max = max;
    }
}

} // namespace exitscope
