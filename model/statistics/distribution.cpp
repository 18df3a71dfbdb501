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

// Zero-based rank of the smallest value with at least `percent` % of `count` values at or below it.
std::size_t nearestRank(std::size_t count, std::size_t percent)
{
    return (count * percent + 99) / 100 - 1;
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

Distribution distributionOf(std::span<Ns> values)
{
    Distribution result;
    result.count = std::int64_t(values.size());
    if (values.empty())
        return result;
    result.total = std::accumulate(values.begin(), values.end(), Ns(0));
    const long double mean = static_cast<long double>(result.total) / values.size();
    result.mean = roundedToTenth(mean);
    result.stddev = roundedToTenth(populationDeviation(values, mean));
    const auto [min, max] = std::ranges::minmax(values);
    result.min = min;
    result.max = max;

    // From the highest rank down: each leaves all that is smaller in front of it.
    auto end = values.end();
    const auto take = [&](std::size_t percent) {
        const auto nth = values.begin() + std::ptrdiff_t(nearestRank(values.size(), percent));
        if (nth < end)
            std::nth_element(values.begin(), nth, end);
        end = nth;
        return *nth;
    };
    result.p99 = take(99);
    result.p95 = take(95);
    result.p50 = take(50);
    return result;
}

} // namespace exitscope
