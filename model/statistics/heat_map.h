// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/duration_bins.h"
#include "model/statistics/selection.h"

namespace exitscope {

// How often which durations came when: exits by the column of time that holds their time_ns, and by bin of duration.
struct HeatMap {
    struct Cell {
        std::int64_t count = 0; // exits
        Ns ns = 0; // their durations in all
    };

    DurationKind of = DurationKind::Gross;
    std::vector<Ns> borders; // where each column begins, and where the last one ends; ordered
    std::vector<Cell> cells; // column by column, DurationBins::kCount each
    std::int64_t total = 0; // exits in the cells
    std::int64_t leftOut = 0; // timed exits whose net duration is not known

    int columns() const { return borders.empty() ? 0 : int(borders.size()) - 1; }
    const Cell &at(int column, int bin) const
    {
        return cells[std::size_t(column) * DurationBins::kCount + std::size_t(bin)];
    }
};

// Of the exits that the selection lets through, in its range too; columns are [borders[i], borders[i + 1]). O(exits
// between the first and the last border). Means nothing once it is cancelled.
HeatMap heatMapOf(const Recording &recording, const Selection &selection, DurationKind of, std::vector<Ns> borders,
    CancelFlag cancel = nullptr);

} // namespace exitscope
