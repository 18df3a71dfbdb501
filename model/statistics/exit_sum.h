// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "model/cancel_flag.h"
#include "model/statistics/exit_filter.h"
#include "model/timeline/exit_columns.h"

namespace exitscope {

// What exits add up to. Parts are of the timed ones, times of runs of those that have one; all ns.
struct ExitSum {
    std::int64_t count = 0;
    std::int64_t timed = 0;
    std::int64_t runs = 0;
    ExitParts parts;
    Ns runTotal = 0;
    Ns entryToExitEvent = 0;

    void add(const ExitColumns &exits, std::size_t i)
    {
        ++count;
        if (exits.timed(i)) {
            ++timed;
            parts += exits.parts(i);
        }
        if (exits.hasRun(i)) {
            ++runs;
            runTotal += exits.run(i);
            entryToExitEvent += exits.event(i) - exits.entry(i);
        }
    }
    ExitSum &operator+=(const ExitSum &other);
    ExitSum &operator-=(const ExitSum &other);
    bool operator==(const ExitSum &) const = default;
};

// Exits of one reason and one scenario: filters by either leave out whole kinds.
struct ExitKind {
    std::uint16_t reason = 0; // index into the ReasonTable
    Scenario scenario{};

    auto operator<=>(const ExitKind &) const = default;
};
inline ExitKind kindOf(const ExitColumns &exits, std::size_t i)
{
    return {exits.reason(i), exits.scenario(i)};
}
std::vector<ExitKind> kindsOf(const ExitColumns &exits, std::size_t reasons); // those that occur, in order

struct KindSum {
    ExitKind kind;
    ExitSum sum;
};
using KindSums = std::vector<KindSum>; // each kind that occurs, in order

// Of the exits [first, last) that the filter lets through; O(last - first). Means nothing once it is cancelled.
KindSums sumsOfRows(
    const VcpuAt &of, std::size_t first, std::size_t last, const ExitFilter &filter, CancelFlag cancel = nullptr);

// What of a selection leaves out single exits: all but its range, and what leaves out whole vCPUs or whole kinds.
Selection rowFiltersIn(const Selection &selection);

// The band of a selection; without borders: one that leaves nothing out.
DurationBand bandIn(const Selection &selection);
inline bool hasBorder(const DurationBand &band)
{
    return band.minNs || band.maxNs;
}

} // namespace exitscope
