// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/statistics/statistics.h"

namespace exitscope {

namespace {

double roundedToTenth(long double value)
{
    return double(std::round(value * 10) / 10);
}

long double meanOf(std::int64_t count, Ns total)
{
    return static_cast<long double>(total) / static_cast<long double>(count);
}

// Around the mean, as the sum of the squares of the values themselves is beyond any integer.
long double populationDeviation(std::span<const Ns> values, long double mean)
{
    long double squares = 0;
    for (const Ns value : values)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares / values.size());
}

} // namespace

Percentiles percentilesOf(std::span<Ns> values)
{
    if (values.empty())
        return {};
    // From the lowest rank up: each leaves all that is larger behind it, and that is ever less.
    auto begin = values.begin();
    const auto take = [&](std::size_t percent) {
        const auto nth = values.begin() + std::ptrdiff_t(nearestRank(values.size(), percent));
        if (nth >= begin) {
            std::nth_element(begin, nth, values.end());
            begin = nth + 1;
        }
        return *nth;
    };
    Percentiles result;
    result.p50 = take(50);
    result.p95 = take(95);
    result.p99 = take(99);
    return result;
}

Distribution distributionOfSum(std::int64_t count, Ns total)
{
    Distribution result;
    result.count = count;
    result.total = total;
    if (count > 0)
        result.mean = roundedToTenth(meanOf(count, total));
    return result;
}

Distribution distributionOf(std::span<Ns> values)
{
    if (values.empty())
        return {};
    Distribution result
        = distributionOfSum(std::int64_t(values.size()), std::accumulate(values.begin(), values.end(), Ns(0)));
    result.stddev = roundedToTenth(populationDeviation(values, meanOf(result.count, result.total)));
    const auto [min, max] = std::ranges::minmax(values);
    result.min = min;
    result.max = max;
    const Percentiles percentiles = percentilesOf(values);
    result.p50 = percentiles.p50;
    result.p95 = percentiles.p95;
    result.p99 = percentiles.p99;
    return result;
}

} // namespace exitscope
