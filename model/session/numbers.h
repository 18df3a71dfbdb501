// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "model/cancel_flag.h"
#include "model/statistics/duration_histogram.h"
#include "model/statistics/statistics.h"
#include "model/statistics/sums_tally.h"

namespace exitscope {

// All numbers that the views show of one selection. A view that sets a filter shows its own dimension whole (with what
// is chosen marked), so it takes the numbers without that filter.
// Of the sums each has all, of the distributions only those that are shown of it, without deviations:
// those that no filter tells apart are one object, with what is wanted of any of them.
struct Numbers {
    std::shared_ptr<const Recording> recording;
    Selection selection;
    // Whether there is more than sums: of distributions least, largest and percentiles, and the histograms.
    bool isWhole = false;
    std::shared_ptr<const Statistics> selected; // with all filters: sums
    std::shared_ptr<const Statistics> byReason; // without the filter of reasons: sums; in all, reasons
    std::shared_ptr<const Statistics> byScenario; // without the filter of scenarios: sums; in all, scenarios
    std::shared_ptr<const Statistics> byVcpu; // without the filter of vCPUs: sums, reasons; of vCPUs, runs
    // Without the filter by the same kind of duration.
    DurationHistogram gross, net, runs;

    bool isOf(const std::shared_ptr<const Recording> &of, const Selection &by) const;
};

// The sums alone. `source`: of the selection.
Numbers sumsOf(std::shared_ptr<const Recording> recording, const Selection &selection, const SumsSource &source);
// With the rest, from two passes over the exits. None if it was cancelled: soon after that.
std::optional<Numbers> completed(Numbers sums, CancelFlag cancel);

// Both, without anything made before. None if it was cancelled.
std::optional<Numbers> numbersOf(
    std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel);
Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection);

} // namespace exitscope
