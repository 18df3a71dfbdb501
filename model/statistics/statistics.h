// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "model/recording.h"
#include "model/statistics/selection.h"
#include "model/timeline/columns.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Of nothing: count 0, total 0, the rest absent. All ns. Percentiles are nearest-rank, the deviation is the
// population's.
struct Distribution {
    std::int64_t count = 0;
    Ns total = 0;
    std::optional<Ns> min, max, p50, p95, p99;
    std::optional<double> mean, stddev; // rounded to 0.1 ns
};
// Reorders the values.
Distribution distributionOf(std::span<Ns> values);
// What the sum alone tells of so many values: min, max, deviation and percentiles are absent.
Distribution distributionOfSum(std::int64_t count, Ns total);

struct Percentiles {
    std::optional<Ns> p50, p95, p99;
};
inline constexpr std::array<std::size_t, 3> kPercentiles{50, 95, 99};
Percentiles percentilesOf(std::span<Ns> values); // as distributionOf()
// Zero-based rank of the smallest value with at least `percent` % of `count` values at or below it.
constexpr std::size_t nearestRank(std::size_t count, std::size_t percent)
{
    return (count * percent + 99) / 100 - 1;
}

// Sums over exits of one kind; gross, net and the parts are over the timed ones.
struct ExitGroup {
    std::int64_t count = 0;
    std::int64_t timed = 0;
    ExitParts parts;
    Distribution gross, net;
    // What people are told of net: that of the exits which are not halts, where the net time of any halt of the group
    // is not known; nothing if there are no others. Else net itself.
    std::optional<Distribution> knownNet;
};
struct ReasonGroup : ExitGroup {
    std::uint16_t reason = 0; // index into Recording::reasons
};
struct ScenarioGroup : ExitGroup {
    Scenario scenario{};
};

// The sum over the groups of which any is known; nothing if it is known of none.
template <typename Group>
std::optional<Ns> knownNetOf(const std::vector<Group> &groups)
{
    std::optional<Ns> sum;
    if (groups.empty())
        sum = 0;
    for (const Group &group : groups)
        if (group.knownNet)
            sum = sum.value_or(0) + group.knownNet->total;
    return sum;
}

struct Totals {
    TimePerState states{};
    Ns haltKvm = 0;
    Ns irq = 0;
    std::int64_t entries = 0;
    std::int64_t exits = 0;
    std::int64_t timed = 0;
    Ns entryToExitEvent = 0;
    Distribution runs;
    std::vector<ReasonGroup> reasons; // ordered by (isa, code); only those with exits
    std::vector<ScenarioGroup> scenarios; // in the order of Scenario; only those with exits

    std::optional<double> overheadPercent() const; // manual "Definitions"; absent if its denominator is 0
};

struct VcpuStatistics : VcpuAt {
    TimeRange range; // of its host, cut by the selection
    Totals totals;
};
struct VmStatistics {
    const Vm *vm = nullptr;
    std::vector<VcpuStatistics> vcpus;
    Totals totals;
};
struct Statistics {
    std::vector<VmStatistics> vms; // those with a selected vCPU
    Totals totals;
};

// Exact; O(exits in the range) for percentiles. Points into the recording, which must outlive the result.
Statistics statisticsOf(const Recording &recording, const Selection &selection);

} // namespace exitscope
