// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/statistics.h"

#include "model/statistics/statistics_tally.h"
#include "model/timeline/time_per_state.h"

namespace exitscope {

std::optional<double> Totals::overheadPercent() const
{
    const Ns cost = lostIn(states) - haltKvm;
    const Ns all = states[static_cast<std::size_t>(VcpuState::Guest)] + cost;
    if (all == 0)
        return std::nullopt;
    return 100.0 * double(cost) / double(all);
}

Statistics statisticsOf(const Recording &recording, const Selection &selection)
{
    StatisticsTally tally(recording, selection);
    for (const VmAt &vm : vmsOf(recording))
        tally.add(vm);
    return tally.take();
}

} // namespace exitscope
