// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/statistics/duration_bins.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// Exact least, largest and percentiles of many durations without a copy of them: each is counted, then each is shown
// again, and of these the few are taken that share a bin with a percentile.
class DurationRanks {
public:
    void count(BinnedDuration duration)
    {
        if (m_counts.empty())
            addToFew(duration.value);
        else
            addToCounts(duration);
    }
    // Behind the last one. False if none has to be shown again.
    bool look();
    void take(BinnedDuration duration)
    {
        if (m_taken.empty())
            return;
        if (const std::uint8_t slot = m_slots[duration.bin])
            m_taken[slot - 1].values.push_back(duration.value);
    }

    std::int64_t size() const;
    Percentiles percentiles(); // behind all passes
    void tell(Distribution &distribution); // least, largest and percentiles

private:
    static constexpr std::size_t kFew = 1024; // so many values are kept themselves

    struct Taken { // the values of a bin
        std::size_t before = 0; // values in lower bins
        std::vector<Ns> values;
    };

    void addToFew(Ns value);
    void addToCounts(BinnedDuration duration)
    {
        ++m_counts[duration.bin];
        m_min = std::min(m_min, duration.value);
        m_max = std::max(m_max, duration.value);
    }
    Ns valueAt(std::size_t rank); // from 0

    std::vector<Ns> m_few;
    std::vector<std::int64_t> m_counts; // by bin; empty while there are few
    Ns m_min = 0, m_max = 0; // of those counted
    std::vector<std::uint8_t> m_slots; // by bin: 1 + index into m_taken, 0 if it is not wanted
    std::vector<Taken> m_taken; // in order
};

} // namespace exitscope
