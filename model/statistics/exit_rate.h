// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "model/statistics/exit_index.h"

namespace exitscope {

// Exits per bin of time and reason.
struct ExitRate {
    TimeRange range;
    int bins = 0;
    std::vector<std::int64_t> counts; // bin by bin, by index into the ReasonTable
    std::size_t reasons = 0;

    std::int64_t count(int bin, std::size_t reason) const { return counts[std::size_t(bin) * reasons + reason]; }
    std::int64_t total(int bin) const;
    // Bins are as equal as whole ns allow; the last one includes an exit at the very end of the range.
    TimeRange rangeOf(int bin) const;
    double perSecond(int bin, std::int64_t exits) const;
    double highest() const; // exits per second of the fullest bin
};

// O(bins · vCPUs · log n).
ExitRate exitRate(const ExitIndex &exits, std::size_t reasons, TimeRange range, int bins);

} // namespace exitscope
