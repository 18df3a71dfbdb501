// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "model/statistics/duration_bins.h"
#include "model/statistics/selection.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// Its percentiles are of all that was counted.
struct DurationHistogram : Percentiles {
    DurationKind of = DurationKind::Gross;
    // By index into Recording::reasons, then by bin.
    std::vector<std::array<std::int64_t, DurationBins::kCount>> counts;
    std::int64_t total = 0;
    // Timed exits by index into Recording::reasons whose net time is not known: they are not counted above.
    std::vector<std::int64_t> leftOut;
};

} // namespace exitscope
