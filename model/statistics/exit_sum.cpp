// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_sum.h"

#include <algorithm>
#include <map>

namespace exitscope {

ExitSum &ExitSum::operator+=(const ExitSum &other)
{
    count += other.count;
    timed += other.timed;
    runs += other.runs;
    parts += other.parts;
    runTotal += other.runTotal;
    entryToExitEvent += other.entryToExitEvent;
    return *this;
}

ExitSum &ExitSum::operator-=(const ExitSum &other)
{
    count -= other.count;
    timed -= other.timed;
    runs -= other.runs;
    parts -= other.parts;
    runTotal -= other.runTotal;
    entryToExitEvent -= other.entryToExitEvent;
    return *this;
}

std::vector<ExitKind> kindsOf(const ExitColumns &exits, std::size_t reasons)
{
    std::vector<char> isThere(reasons * kScenarios);
    for (std::size_t i = 0; i < exits.size(); ++i)
        isThere[std::size_t(exits.reason(i)) * kScenarios + std::size_t(exits.scenario(i))] = 1;
    std::vector<ExitKind> kinds;
    for (std::size_t k = 0; k < isThere.size(); ++k)
        if (isThere[k])
            kinds.push_back({std::uint16_t(k / kScenarios), static_cast<Scenario>(k % kScenarios)});
    return kinds;
}

KindSums sumsOfRows(const VcpuAt &of, std::size_t first, std::size_t last, const ExitFilter &filter, CancelFlag cancel)
{
    const ExitColumns &exits = of.vcpu->exits;
    std::map<ExitKind, ExitSum> sums;
    for (; first < last && !isCancelled(cancel); first += kExitsPerLook)
        for (std::size_t i = first; i < std::min(first + kExitsPerLook, last); ++i)
            if (filter.passes(of, i))
                sums[kindOf(exits, i)].add(exits, i);
    KindSums result;
    for (const auto &[kind, sum] : sums)
        result.push_back({kind, sum});
    return result;
}

Selection rowFiltersIn(const Selection &selection)
{
    Selection rows = selection;
    rows.from.reset();
    rows.to.reset();
    rows.vcpus.clear();
    rows.reasons.clear();
    rows.scenarios.clear();
    if (!rows.minNs && !rows.maxNs)
        rows.bandOf = {};
    return rows;
}

DurationBand bandIn(const Selection &selection)
{
    if (!selection.minNs && !selection.maxNs)
        return {};
    return {selection.bandOf, selection.minNs, selection.maxNs};
}

} // namespace exitscope
