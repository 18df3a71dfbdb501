// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/totals.h"

#include "model/timeline/time_per_state.h"

namespace exitscope {

VcpuStatistics besideExits(const VcpuAt &vcpu, const ExitFilter &filter)
{
    const TimeRange range = filter.rangeIn(vcpu.host->range);
    Totals totals;
    totals.states = vcpu.vcpu->states.within(range);
    totals.haltKvm = vcpu.vcpu->haltKvm.within(range);
    totals.irq = vcpu.vcpu->irq.within(range);
    const auto [first, last] = filter.within(vcpu.vcpu->entries);
    totals.entries = std::int64_t(last - first);
    return {vcpu, range, std::move(totals)};
}

void addSums(Totals &sum, const Totals &part)
{
    addTo(sum.states, part.states);
    sum.haltKvm += part.haltKvm;
    sum.irq += part.irq;
    sum.entries += part.entries;
    sum.exits += part.exits;
    sum.timed += part.timed;
    sum.entryToExitEvent += part.entryToExitEvent;
}

} // namespace exitscope
