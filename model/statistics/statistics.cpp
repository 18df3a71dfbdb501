// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/statistics.h"

#include <algorithm>
#include <functional>

#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

// Exits of one kind in the order of their vCPUs: those of a vCPU, of a VM and all are contiguous, so that each level's
// distribution is taken in place.
class Samples {
public:
    struct Mark { // what there was before it
        ExitGroup sums; // without distributions
        std::int64_t apart = 0;
        std::int64_t unknown = 0;
        std::size_t gross = 0;
        std::size_t net = 0;
        std::size_t netApart = 0;
    };

    // What the exit is to net times. Apart: a halt, in a recording where that of some halts is not known.
    enum class NetRole : std::uint8_t { Plain, Apart, Unknown };

    void add(const ExitColumns &exits, std::size_t i, NetRole role)
    {
        ++m_sums.count;
        m_apart += role != NetRole::Plain;
        m_unknown += role == NetRole::Unknown;
        if (!exits.timed(i))
            return;
        ++m_sums.timed;
        m_sums.parts += exits.parts[i];
        m_gross.push_back(exits.parts[i].gross());
        (role == NetRole::Plain ? m_net : m_netApart).push_back(exits.parts[i].net());
    }

    Mark mark() const { return {m_sums, m_apart, m_unknown, m_gross.size(), m_net.size(), m_netApart.size()}; }

    ExitGroup since(const Mark &mark)
    {
        ExitGroup group = m_sums;
        group.count -= mark.sums.count;
        group.timed -= mark.sums.timed;
        group.parts -= mark.sums.parts;
        if (group.count == 0)
            return group;
        group.gross = distributionOf(std::span(m_gross).subspan(mark.gross));
        const std::span<Ns> plain = std::span(m_net).subspan(mark.net);
        group.net = distributionOfBoth(plain, std::span(m_netApart).subspan(mark.netApart));
        if (m_unknown == mark.unknown)
            group.knownNet = group.net;
        else if (m_apart - mark.apart < group.count)
            group.knownNet = distributionOf(plain);
        return group;
    }

private:
    static Distribution distributionOfBoth(std::span<Ns> a, std::span<Ns> b)
    {
        if (a.empty() || b.empty())
            return distributionOf(a.empty() ? b : a);
        std::vector<Ns> both(a.begin(), a.end());
        both.insert(both.end(), b.begin(), b.end());
        return distributionOf(both);
    }

    ExitGroup m_sums;
    std::int64_t m_apart = 0;
    std::int64_t m_unknown = 0;
    std::vector<Ns> m_gross;
    std::vector<Ns> m_net;
    std::vector<Ns> m_netApart;
};

// One kind of grouping, by reason or by scenario; a pass of its own each, to halve the memory that it takes.
class Grouping {
public:
    explicit Grouping(std::size_t kinds) : m_samples(kinds) { }

    Samples &operator[](std::size_t kind) { return m_samples[kind]; }

    std::vector<Samples::Mark> marks() const
    {
        std::vector<Samples::Mark> result;
        for (const Samples &samples : m_samples)
            result.push_back(samples.mark());
        return result;
    }

    // Calls sink(kind, group) for every kind with exits since the marks.
    void since(const std::vector<Samples::Mark> &marks, const auto &sink)
    {
        for (std::size_t kind = 0; kind < m_samples.size(); ++kind) {
            const ExitGroup group = m_samples[kind].since(marks[kind]);
            if (group.count > 0)
                sink(kind, group);
        }
    }

private:
    std::vector<Samples> m_samples;
};

class Calculation {
public:
    Calculation(const Recording &recording, const Selection &selection)
        : m_recording(recording), m_filter(selection, recording.reasons),
          m_lacksSwitches(std::ranges::any_of(recording.hosts, std::not_fn(&Timeline::switchesRecorded)))
    {
    }

    Statistics result()
    {
        chooseVcpus();
        addSums();
        addReasons();
        addScenarios();
        addRuns();
        return m_result;
    }

private:
    void chooseVcpus();
    void addSums();
    void addVcpuSums(VcpuStatistics &of) const;
    void addReasons();
    void addScenarios();
    void addRuns();
    // Fills one field of the totals at every level, bottom up: add(vcpu) takes the exits of a vCPU in, since(mark())
    // gives the value over all that came after the mark.
    template <typename Value>
    void fillLevels(Value Totals::*field, const auto &mark, const auto &since, const auto &add);
    void forEachExit(const VcpuStatistics &of, const auto &visit) const;
    Samples::NetRole netRole(const Timeline &host, const ExitReason &reason) const;

    const Recording &m_recording;
    ExitFilter m_filter;
    bool m_lacksSwitches; // of any host
    Statistics m_result;
};

void Calculation::chooseVcpus()
{
    for (const Timeline &host : m_recording.hosts) {
        for (const Vm &vm : host.vms) {
            VmStatistics chosen{&vm, {}, {}};
            for (const Vcpu &vcpu : vm.vcpus) {
                if (const QString id = vm.vcpuId(vcpu); m_filter.passesVcpu(id))
                    chosen.vcpus.push_back({&vcpu, &host, id, m_filter.rangeIn(host.range), {}});
            }
            if (!chosen.vcpus.empty())
                m_result.vms.push_back(std::move(chosen));
        }
    }
}

void Calculation::forEachExit(const VcpuStatistics &of, const auto &visit) const
{
    const ExitColumns &exits = of.vcpu->exits;
    const auto [first, last] = m_filter.within(exits.time);
    for (std::size_t i = first; i < last; ++i) {
        if (m_filter.passes(*of.host, exits, i))
            visit(exits, i);
    }
}

Samples::NetRole Calculation::netRole(const Timeline &host, const ExitReason &reason) const
{
    if (!netIsKnown(host, reason))
        return Samples::NetRole::Unknown;
    return m_lacksSwitches && reason.isHalt ? Samples::NetRole::Apart : Samples::NetRole::Plain;
}

void Calculation::addVcpuSums(VcpuStatistics &of) const
{
    Totals &totals = of.totals;
    totals.states = of.vcpu->states.within(of.range);
    totals.haltKvm = of.vcpu->haltKvm.within(of.range);
    totals.irq = of.vcpu->irq.within(of.range);
    const auto [first, last] = m_filter.within(of.vcpu->entries);
    totals.entries = std::int64_t(last - first);
    forEachExit(of, [&](const ExitColumns &exits, std::size_t i) {
        ++totals.exits;
        totals.timed += exits.timed(i);
        if (exits.hasRun(i))
            totals.entryToExitEvent += exits.event[i] - exits.entry[i];
    });
}

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

void Calculation::addSums()
{
    for (VmStatistics &vm : m_result.vms) {
        for (VcpuStatistics &vcpu : vm.vcpus) {
            addVcpuSums(vcpu);
            addTo(vm.totals, vcpu.totals);
        }
        addTo(m_result.totals, vm.totals);
    }
}

template <typename Value>
void Calculation::fillLevels(Value Totals::*field, const auto &mark, const auto &since, const auto &add)
{
    const auto ofAll = mark();
    for (VmStatistics &vm : m_result.vms) {
        const auto ofVm = mark();
        for (VcpuStatistics &vcpu : vm.vcpus) {
            const auto ofVcpu = mark();
            add(vcpu);
            vcpu.totals.*field = since(ofVcpu);
        }
        // What holds one thing only has its numbers: percentiles are dear.
        vm.totals.*field = vm.vcpus.size() == 1 ? vm.vcpus.front().totals.*field : since(ofVm);
    }
    m_result.totals.*field = m_result.vms.size() == 1 ? m_result.vms.front().totals.*field : since(ofAll);
}

void Calculation::addReasons()
{
    const ReasonTable &reasons = m_recording.reasons;
    Grouping grouping(reasons.size());
    fillLevels(
        &Totals::reasons, [&] { return grouping.marks(); },
        [&](const auto &marks) {
            std::vector<ReasonGroup> groups;
            grouping.since(marks, [&](std::size_t reason, const ExitGroup &group) {
                groups.push_back({group, std::uint16_t(reason)});
            });
            std::ranges::sort(groups, {}, [&](const ReasonGroup &group) { return reasons[group.reason].key; });
            return groups;
        },
        [&](const VcpuStatistics &of) {
            forEachExit(of, [&](const ExitColumns &exits, std::size_t i) {
                grouping[exits.reason[i]].add(exits, i, netRole(*of.host, reasons[exits.reason[i]]));
            });
        });
}

void Calculation::addScenarios()
{
    Grouping grouping(kScenarios);
    fillLevels(
        &Totals::scenarios, [&] { return grouping.marks(); },
        [&](const auto &marks) {
            std::vector<ScenarioGroup> groups;
            grouping.since(marks, [&](std::size_t scenario, const ExitGroup &group) {
                groups.push_back({group, static_cast<Scenario>(scenario)});
            });
            return groups;
        },
        [&](const VcpuStatistics &of) {
            forEachExit(of, [&](const ExitColumns &exits, std::size_t i) {
                const ExitReason &reason = m_recording.reasons[exits.reason[i]];
                grouping[static_cast<std::size_t>(exits.scenario[i])].add(exits, i, netRole(*of.host, reason));
            });
        });
}

void Calculation::addRuns()
{
    std::vector<Ns> runs;
    fillLevels(
        &Totals::runs, [&] { return runs.size(); },
        [&](std::size_t mark) { return distributionOf(std::span(runs).subspan(mark)); },
        [&](const VcpuStatistics &of) {
            forEachExit(of, [&](const ExitColumns &exits, std::size_t i) {
                if (exits.hasRun(i))
                    runs.push_back(exits.run(i));
            });
        });
}

} // namespace

std::optional<double> Totals::overheadPercent() const
{
    const auto of = [this](VcpuState state) { return states[static_cast<std::size_t>(state)]; };
    const Ns cost
        = of(VcpuState::Kvm) + of(VcpuState::Userspace) + of(VcpuState::Blocked) + of(VcpuState::Preempted) - haltKvm;
    const Ns all = of(VcpuState::Guest) + cost;
    if (all == 0)
        return std::nullopt;
    return 100.0 * double(cost) / double(all);
}

Statistics statisticsOf(const Recording &recording, const Selection &selection)
{
    return Calculation(recording, selection).result();
}

} // namespace exitscope
