// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/sums_tally.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "model/statistics/totals.h"

namespace exitscope {

SumsTally::Level &SumsTally::Level::operator+=(const Level &other)
{
    for (std::size_t i = 0; i < reasons.size(); ++i)
        reasons[i] += other.reasons[i];
    for (std::size_t i = 0; i < scenarios.size(); ++i)
        scenarios[i] += other.scenarios[i];
    runs += other.runs;
    runTotal += other.runTotal;
    return *this;
}

SumsTally::SumsTally(const Recording &recording, const Selection &selection, StatisticsParts parts)
    : m_recording(recording), m_selection(selection), m_filter(m_selection, recording.reasons), m_parts(parts),
      m_order(recording.reasons.size()), m_ofVm(recording.reasons.size()), m_ofAll(recording.reasons.size())
{
    std::iota(m_order.begin(), m_order.end(), std::uint16_t(0));
    std::ranges::sort(m_order, {}, [&](std::uint16_t reason) { return recording.reasons[reason].key; });
}

void SumsTally::beginVm(const VmAt &vm)
{
    m_vm = {vm.vm, {}, {}};
    m_ofVm = Level(m_recording.reasons.size());
    m_netRoles = netRolesOn(*vm.host, m_recording);
}

void SumsTally::add(const VcpuAt &vcpu, const KindSums &sums)
{
    if (!m_filter.passesVcpu(vcpu.key))
        return;
    VcpuStatistics of = besideExits(vcpu, m_filter);
    Level level(m_recording.reasons.size());
    for (const auto &[kind, sum] : sums) {
        if (!m_filter.passesKind(kind.reason, kind.scenario))
            continue;
        of.totals.exits += sum.count;
        of.totals.timed += sum.timed;
        of.totals.entryToExitEvent += sum.entryToExitEvent;
        level.runs += sum.runs;
        level.runTotal += sum.runTotal;
        const NetRole role = m_netRoles[kind.reason];
        level.reasons[kind.reason].add(sum, role);
        level.scenarios[static_cast<std::size_t>(kind.scenario)].add(sum, role);
    }
    fill(of.totals, level);
    m_ofVm += level;
    addSums(m_vm.totals, of.totals);
    m_vm.vcpus.push_back(std::move(of));
}

void SumsTally::endVm()
{
    if (m_vm.vcpus.empty())
        return;
    fill(m_vm.totals, m_ofVm);
    m_ofAll += m_ofVm;
    addSums(m_result.totals, m_vm.totals);
    m_result.vms.push_back(std::move(m_vm));
}

Statistics SumsTally::take()
{
    fill(m_result.totals, m_ofAll);
    return std::move(m_result);
}

void SumsTally::fill(Totals &totals, const Level &level) const
{
    if (m_parts.reasons)
        for (const std::uint16_t reason : m_order)
            if (level.reasons[reason].count > 0)
                totals.reasons.push_back({level.reasons[reason].group(), reason});
    if (m_parts.scenarios)
        for (std::size_t i = 0; i < level.scenarios.size(); ++i)
            if (level.scenarios[i].count > 0)
                totals.scenarios.push_back({level.scenarios[i].group(), static_cast<Scenario>(i)});
    if (m_parts.runs)
        totals.runs = distributionOfSum(level.runs, level.runTotal);
}

SumsSource sumsRowByRow(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    Selection rows = rowFiltersIn(selection);
    rows.from = selection.from;
    rows.to = selection.to;
    return [&recording, rows, cancel](const VcpuAt &vcpu) {
        const ExitFilter filter(rows, recording.reasons);
        const auto [first, last] = filter.within(vcpu.vcpu->exits.times());
        return sumsOfRows(vcpu, first, last, filter, cancel);
    };
}

Statistics sumsOf(const Recording &recording, const Selection &selection, const SumsSource &source)
{
    SumsTally tally(recording, selection, kAllParts);
    for (const VmAt &vm : vmsOf(recording)) {
        tally.beginVm(vm);
        for (const VcpuAt &vcpu : vm.vcpus)
            tally.add(vcpu, source(vcpu));
        tally.endVm();
    }
    return tally.take();
}

} // namespace exitscope
