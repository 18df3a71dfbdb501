// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/numbers.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "model/statistics/distribution_pass.h"

namespace exitscope {

namespace {

// The sums by each dimension, filled together.
class DimensionSums {
public:
    DimensionSums(const Recording &recording, const Selection &selection) : m_recording(recording)
    {
        m_selected = tally(selection, {});
        Selection without = selection;
        without.reasons.clear();
        m_byReason = tally(without, {.reasons = true});
        without = selection;
        without.scenarios.clear();
        m_byScenario = tally(without, {.scenarios = true});
        without = selection;
        without.vcpus.clear();
        m_byVcpu = tally(without, {.reasons = true, .runs = true});
    }

    void fill(Numbers &numbers, const SumsSource &source)
    {
        for (const VmAt &vm : vmsOf(m_recording)) {
            for (SumsTally &of : m_tallies)
                of.beginVm(vm);
            for (const VcpuAt &vcpu : vm.vcpus) {
                const KindSums sums = source(vcpu);
                for (SumsTally &of : m_tallies)
                    of.add(vcpu, sums);
            }
            for (SumsTally &of : m_tallies)
                of.endVm();
        }
        std::vector<std::shared_ptr<const Statistics>> taken;
        for (SumsTally &of : m_tallies)
            taken.push_back(std::make_shared<const Statistics>(of.take()));
        numbers.selected = taken[m_selected];
        numbers.byReason = taken[m_byReason];
        numbers.byScenario = taken[m_byScenario];
        numbers.byVcpu = taken[m_byVcpu];
    }

private:
    std::size_t tally(const Selection &selection, StatisticsParts parts)
    {
        const auto same = std::ranges::find(m_tallies, selection, &SumsTally::selection);
        const auto index = std::size_t(same - m_tallies.begin());
        if (same == m_tallies.end())
            m_tallies.emplace_back(m_recording, selection, parts);
        else
            same->want(parts);
        return index;
    }

    const Recording &m_recording;
    std::deque<SumsTally> m_tallies; // they stay where they are
    std::size_t m_selected, m_byReason, m_byScenario, m_byVcpu;
};

// Each of the statistics that are one object is made whole once.
class Completing {
public:
    explicit Completing(DistributionPass &pass) : m_pass(pass) { }

    void complete(Numbers &numbers)
    {
        m_pass.tellReasons(changed(numbers.byReason).totals.reasons);
        m_pass.tellScenarios(changed(numbers.byScenario).totals.scenarios);
        for (VmStatistics &vm : changed(numbers.byVcpu).vms)
            for (VcpuStatistics &vcpu : vm.vcpus)
                m_pass.tellRuns(vcpu);
        for (std::shared_ptr<const Statistics> *of :
            {&numbers.selected, &numbers.byReason, &numbers.byScenario, &numbers.byVcpu}) {
            const auto copy = std::ranges::find(m_copies, *of, &Copy::first);
            if (copy != m_copies.end())
                *of = copy->second;
        }
    }

private:
    using Copy = std::pair<std::shared_ptr<const Statistics>, std::shared_ptr<Statistics>>;

    Statistics &changed(const std::shared_ptr<const Statistics> &of)
    {
        const auto copy = std::ranges::find(m_copies, of, &Copy::first);
        if (copy != m_copies.end())
            return *copy->second;
        return *m_copies.emplace_back(of, std::make_shared<Statistics>(*of)).second;
    }

    DistributionPass &m_pass;
    std::vector<Copy> m_copies;
};

} // namespace

bool Numbers::isOf(const std::shared_ptr<const Recording> &of, const Selection &by) const
{
    return recording == of && selection == by;
}

Numbers sumsOf(std::shared_ptr<const Recording> recording, const Selection &selection, const SumsSource &source)
{
    Numbers numbers;
    DimensionSums(*recording, selection).fill(numbers, source);
    numbers.selection = selection;
    numbers.recording = std::move(recording);
    return numbers;
}

std::optional<Numbers> completed(Numbers sums, CancelFlag cancel)
{
    DistributionPass pass(*sums.recording, sums.selection, cancel);
    if (!pass.run())
        return std::nullopt;
    Completing(pass).complete(sums);
    sums.gross = pass.takeHistogram(DurationKind::Gross);
    sums.net = pass.takeHistogram(DurationKind::Net);
    sums.runs = pass.takeHistogram(DurationKind::Run);
    sums.isWhole = true;
    if (isCancelled(cancel))
        return std::nullopt;
    return sums;
}

std::optional<Numbers> numbersOf(
    std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel)
{
    const SumsSource source = sumsRowByRow(*recording, selection, cancel);
    Numbers sums = sumsOf(std::move(recording), selection, source);
    if (isCancelled(cancel))
        return std::nullopt;
    return completed(std::move(sums), cancel);
}

Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    return *numbersOf(std::move(recording), selection, nullptr);
}

} // namespace exitscope
