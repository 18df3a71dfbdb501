// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/statistics_tally.h"

#include <algorithm>
#include <functional>

#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

void addTo(Totals &sum, const Totals &part)
{
    for (std::size_t i = 0; i < sum.states.size(); ++i)
        sum.states[i] += part.states[i];
    sum.haltKvm += part.haltKvm;
    sum.irq += part.irq;
    sum.entries += part.entries;
    sum.exits += part.exits;
    sum.timed += part.timed;
    sum.entryToExitEvent += part.entryToExitEvent;
}

void copyDistributions(const Totals &from, Totals &to)
{
    to.runs = from.runs;
    to.reasons = from.reasons;
    to.scenarios = from.scenarios;
}

} // namespace

StatisticsTally::StatisticsTally(
    const Recording &recording, const Selection &selection, StatisticsParts parts, CancelFlag cancel)
    : m_recording(recording), m_selection(selection), m_filter(m_selection, recording.reasons), m_parts(parts),
      m_cancel(cancel), m_lacksSwitches(std::ranges::any_of(recording.hosts, std::not_fn(&Timeline::switchesRecorded))),
      m_reasons(recording.reasons.size()), m_scenarios(kScenarios)
{
}

void StatisticsTally::beginVm(const VmAt &vm)
{
    using Role = ExitSamples::NetRole;
    m_host = vm.host;
    m_vm = {vm.vm, {}, {}};
    m_beforeVm = mark();
    m_netRoles.clear();
    for (std::size_t i = 0; i < m_recording.reasons.size(); ++i) {
        const ExitReason &reason = m_recording.reasons[i];
        m_netRoles.push_back(!netIsKnown(*vm.host, reason) ? Role::Unknown
                : m_lacksSwitches && reason.isHalt         ? Role::Apart
                                                           : Role::Plain);
    }
}

bool StatisticsTally::beginVcpu(const VcpuAt &at)
{
    if (!m_filter.passesVcpu(at.key))
        return false;
    const Vcpu &vcpu = *at.vcpu;
    const TimeRange range = m_filter.rangeIn(m_host->range);
    Totals totals;
    totals.states = vcpu.states.within(range);
    totals.haltKvm = vcpu.haltKvm.within(range);
    totals.irq = vcpu.irq.within(range);
    const auto [first, last] = m_filter.within(vcpu.entries);
    totals.entries = std::int64_t(last - first);
    m_vm.vcpus.push_back({at, range, std::move(totals)});
    m_beforeVcpu = mark();
    return true;
}

void StatisticsTally::add(std::size_t first, std::size_t last)
{
    const ExitColumns &exits = m_vm.vcpus.back().vcpu->exits;
    Totals &totals = m_vm.vcpus.back().totals;
    for (std::size_t i = first; i < last; ++i) {
        if (!m_filter.passes(*m_host, exits, i))
            continue;
        const std::uint16_t reason = exits.reason(i);
        ++totals.exits;
        totals.timed += exits.timed(i);
        if (exits.hasRun(i)) {
            totals.entryToExitEvent += exits.event(i) - exits.entry(i);
            if (m_parts.runs)
                m_runs.push_back(exits.run(i));
        }
        if (m_parts.reasons)
            m_reasons[reason].add(exits, i, m_netRoles[reason]);
        if (m_parts.scenarios)
            m_scenarios[static_cast<std::size_t>(exits.scenario(i))].add(exits, i, m_netRoles[reason]);
    }
}

void StatisticsTally::endVcpu()
{
    Totals &totals = m_vm.vcpus.back().totals;
    fillSince(m_beforeVcpu, totals);
    addTo(m_vm.totals, totals);
}

void StatisticsTally::endVm()
{
    if (m_vm.vcpus.empty())
        return;
    // What holds one thing only has its numbers: percentiles are dear.
    if (m_vm.vcpus.size() == 1)
        copyDistributions(m_vm.vcpus.front().totals, m_vm.totals);
    else
        fillSince(m_beforeVm, m_vm.totals);
    addTo(m_result.totals, m_vm.totals);
    m_result.vms.push_back(std::move(m_vm));
}

Statistics StatisticsTally::take()
{
    if (m_result.vms.size() == 1) {
        copyDistributions(m_result.vms.front().totals, m_result.totals);
    } else {
        const ExitGrouping noReasons(m_recording.reasons.size()), noScenarios(kScenarios);
        fillSince({noReasons.marks(), noScenarios.marks(), 0}, m_result.totals);
    }
    return std::move(m_result);
}

StatisticsTally::Mark StatisticsTally::mark() const
{
    return {m_reasons.marks(), m_scenarios.marks(), m_runs.size()};
}

void StatisticsTally::fillSince(const Mark &mark, Totals &totals)
{
    const ReasonTable &reasons = m_recording.reasons;
    m_reasons.since(
        mark.reasons, m_cancel,
        [&](std::size_t reason, const ExitGroup &group) {
            totals.reasons.push_back({group, std::uint16_t(reason)});
        });
    std::ranges::sort(
        totals.reasons, {}, [&](const ReasonGroup &group) { return reasons[group.reason].key; });
    m_scenarios.since(mark.scenarios, m_cancel, [&](std::size_t scenario, const ExitGroup &group) {
        totals.scenarios.push_back({group, static_cast<Scenario>(scenario)});
    });
    totals.runs = distributionOf(std::span(m_runs).subspan(mark.runs), m_cancel);
}

} // namespace exitscope
