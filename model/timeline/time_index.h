// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "model/record/record.h"
#include "model/timeline/column.h"

namespace exitscope {

// Has so many values brought into the cache while something else is done.
template <typename T>
void fetchLines(const T *values, std::size_t count)
{
    constexpr std::size_t kLine = 64; // bytes
    const auto *first = reinterpret_cast<const char *>(values);
    const auto *last = reinterpret_cast<const char *>(values + count) - 1;
    for (const char *at = first; at < last; at += kLine)
        __builtin_prefetch(at);
    __builtin_prefetch(last);
}

// Where times lie in a long column of them: every kEvery-th once more, so few that they stay in the cache. A time is
// looked for in these, and then in one block of the column; of times that follow each other all blocks are fetched
// before the first is searched. What a search among millions takes is waiting for memory, hardly else.
class TimeIndex {
public:
    static constexpr std::size_t kEvery = 32; // a quarter of a byte for each time

    void reserve(std::size_t times) { m_samples.reserve(times / kEvery + 1); }
    void append(Ns t) // each of the column, which is ordered
    {
        if (m_size++ % kEvery == 0)
            m_samples.append(t);
    }

    // The first of the times at or after t. `timeAt`: from a position to what was appended there.
    template <typename TimeAt>
    std::size_t lowerBound(Ns t, const TimeAt &timeAt) const
    {
        return lowerBoundIn(std::size_t(std::ranges::lower_bound(m_samples, t) - m_samples.begin()), t, timeAt);
    }
    // Where the last of some ordered times was found, and how far behind the one before it.
    struct Near {
        std::size_t samples = 0;
        std::size_t step = 0;
    };
    // The same for each of some that are ordered, as are those of an earlier call that left `near`. `fetch`: told from
    // which position to which other the column is going to be read.
    template <typename TimeAt, typename Fetch>
    void lowerBounds(std::span<const Ns> sought, std::span<std::size_t> found, Near &near, const TimeAt &timeAt,
        const Fetch &fetch) const
    {
        for (std::size_t k = 0; k < sought.size(); ++k) {
            const std::size_t samples = samplesBefore(sought[k], near);
            if (samples > near.samples)
                fetch((samples - 1) * kEvery, std::min(samples * kEvery, m_size));
            near = {samples, samples - near.samples};
            if (const std::size_t next = samples + kAhead * near.step; next < m_samples.size())
                __builtin_prefetch(&m_samples[next]);
            found[k] = samples; // at first
        }
        for (std::size_t k = 0; k < sought.size(); ++k)
            found[k] = lowerBoundIn(found[k], sought[k], timeAt);
    }

private:
    static constexpr std::size_t kAhead = 8; // times sought

    // How many samples are before t, which is not before what was sought last: likely as far on as that was.
    std::size_t samplesBefore(Ns t, const Near &near) const
    {
        std::size_t low = near.samples;
        std::size_t high = std::min(near.samples + near.step, m_samples.size());
        std::size_t step = 1;
        if (high == low || m_samples[high - 1] < t) {
            for (low = high; low + step <= m_samples.size() && m_samples[low + step - 1] < t; step *= 2)
                low += step;
            high = std::min(low + step - 1, m_samples.size());
        } else {
            for (--high; high >= low + step && m_samples[high - step] >= t; step *= 2)
                high -= step;
            low = high >= low + step ? high - step + 1 : low;
        }
        return std::size_t(std::lower_bound(m_samples.begin() + low, m_samples.begin() + high, t) - m_samples.begin());
    }
    // Behind the last sample that is before t, and not behind the next.
    template <typename TimeAt>
    std::size_t lowerBoundIn(std::size_t samples, Ns t, const TimeAt &timeAt) const
    {
        if (samples == 0)
            return 0;
        std::size_t first = (samples - 1) * kEvery + 1;
        std::size_t count = std::min(samples * kEvery, m_size) - first;
        while (count > 0) { // without a branch that the processor would have to guess
            const std::size_t half = count / 2;
            const bool isBefore = timeAt(first + half) < t;
            first += isBefore ? half + 1 : 0;
            count = isBefore ? count - half - 1 : half;
        }
        return first;
    }

    Column<Ns> m_samples;
    std::size_t m_size = 0;
};

} // namespace exitscope
