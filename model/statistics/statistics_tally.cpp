// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/statistics_tally.h"

#include <algorithm>

#include "model/statistics/known_net.h"
#include "model/statistics/totals.h"

namespace exitscope {

namespace {

void copyDistributions(const Totals &from, Totals &to)
{
    to.runs = from.runs;
    to.reasons = from.reasons;
    to.scenarios = from.scenarios;
}

} // namespace

StatisticsTally::StatisticsTally(const Recording &recording, const Selection &selection)
    : m_recording(recording), m_selection(selection), m_filter(m_selection, recording.reasons),
      m_reasons(recording.reasons.size()), m_scenarios(kScenarios)
{
}

void StatisticsTally::add(const VmAt &vm)
{
    m_host = vm.host;
    m_vm = {vm.vm, {}, {}};
    m_netRoles = netRolesOn(*m_host, m_recording);
    const Mark before = mark();
    for (const VcpuAt &vcpu : vm.vcpus)
        if (m_filter.passesVcpu(vcpu.key))
            add(vcpu);
    if (m_vm.vcpus.empty())
        return;
    // What holds one thing only has its numbers: percentiles are dear.
    if (m_vm.vcpus.size() == 1)
        copyDistributions(m_vm.vcpus.front().totals, m_vm.totals);
    else
        fillSince(before, m_vm.totals);
    addSums(m_result.totals, m_vm.totals);
    m_result.vms.push_back(std::move(m_vm));
}

void StatisticsTally::add(const VcpuAt &vcpu)
{
    const Mark before = mark();
    VcpuStatistics of = besideExits(vcpu, m_filter);
    const ExitColumns &exits = vcpu.vcpu->exits;
    const auto [first, last] = m_filter.within(exits.times());
    for (std::size_t i = first; i < last; ++i)
        if (m_filter.passes(vcpu, i))
            addRow(of.totals, exits, i);
    fillSince(before, of.totals);
    addSums(m_vm.totals, of.totals);
    m_vm.vcpus.push_back(std::move(of));
}

void StatisticsTally::addRow(Totals &totals, const ExitColumns &exits, std::size_t i)
{
    const std::uint16_t reason = exits.reason(i);
    ++totals.exits;
    totals.timed += exits.timed(i);
    if (exits.hasRun(i)) {
        totals.entryToExitEvent += exits.event(i) - exits.entry(i);
        m_runs.push_back(exits.run(i));
    }
    m_reasons[reason].add(exits, i, m_netRoles[reason]);
    m_scenarios[static_cast<std::size_t>(exits.scenario(i))].add(exits, i, m_netRoles[reason]);
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
        mark.reasons,
        [&](std::size_t reason, const ExitGroup &group) {
            totals.reasons.push_back({group, std::uint16_t(reason)});
        });
    std::ranges::sort(
        totals.reasons, {}, [&](const ReasonGroup &group) { return reasons[group.reason].key; });
    m_scenarios.since(mark.scenarios, [&](std::size_t scenario, const ExitGroup &group) {
        totals.scenarios.push_back({group, static_cast<Scenario>(scenario)});
    });
    totals.runs = distributionOf(std::span(m_runs).subspan(mark.runs));
}

} // namespace exitscope
