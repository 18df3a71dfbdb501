// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace exitscope::naive {

namespace {

struct Group {
    std::int64_t count = 0;
    ExitParts parts;
    std::vector<Ns> gross, net;
};

struct Sums {
    TimePerState states{};
    Ns haltKvm = 0;
    Ns irq = 0;
    std::int64_t entries = 0;
    Ns entryToExitEvent = 0;
    Group all;
    std::vector<Ns> runs;
    std::map<ReasonKey, Group> reasons;
    std::map<Scenario, Group> scenarios;
};

Ns gross(const ExitParts &parts)
{
    return parts.kvm + parts.userspace + parts.preempted + parts.idle + parts.blocked;
}

class Summing {
public:
    Summing(const Recording &recording, const Selection &selection) : m_recording(recording), m_selection(selection) { }

    void add(Sums &sums, const Vcpu &vcpu) const
    {
        for (std::size_t i = 0; i < vcpu.states.size(); ++i)
            sums.states[static_cast<std::size_t>(vcpu.states.state(i))]
                += seen(vcpu.states.begin(i), vcpu.states.end(i));
        for (std::size_t i = 0; i < vcpu.irq.size(); ++i)
            sums.irq += seen(vcpu.irq.begin(i), vcpu.irq.end(i));
        for (std::size_t i = 0; i < vcpu.haltKvm.size(); ++i)
            sums.haltKvm += seen(vcpu.haltKvm.begin(i), vcpu.haltKvm.end(i));
        for (const Ns entry : vcpu.entries)
            sums.entries += inRange(entry);
        for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
            if (inRange(vcpu.exits.time(i)) && chosen(vcpu.exits, i))
                addExit(sums, vcpu.exits, i);
    }

    bool chosen(const VcpuKey &vcpu) const { return m_selection.vcpus.empty() || m_selection.vcpus.contains(vcpu); }

private:
    bool inRange(Ns t) const
    {
        return (!m_selection.from || t >= *m_selection.from) && (!m_selection.to || t < *m_selection.to);
    }
    Ns seen(Ns begin, Ns end) const
    {
        if (m_selection.from)
            begin = std::max(begin, *m_selection.from);
        if (m_selection.to)
            end = std::min(end, *m_selection.to);
        return std::max<Ns>(0, end - begin);
    }
    bool chosen(const ExitColumns &exits, std::size_t i) const
    {
        if (!m_selection.reasons.empty() && !m_selection.reasons.contains(m_recording.reasons[exits.reason(i)].key))
            return false;
        if (!m_selection.scenarios.empty() && !m_selection.scenarios.contains(exits.scenario(i)))
            return false;
        if (!m_selection.minNs && !m_selection.maxNs)
            return true;
        if (exits.end(i) == kNoTime)
            return false;
        const Ns length = gross(exits.parts(i));
        return (!m_selection.minNs || length >= *m_selection.minNs)
            && (!m_selection.maxNs || length < *m_selection.maxNs);
    }
    void addExit(Sums &sums, const ExitColumns &exits, std::size_t i) const
    {
        Group *groups[]
            = {&sums.all, &sums.reasons[m_recording.reasons[exits.reason(i)].key], &sums.scenarios[exits.scenario(i)]};
        for (Group *group : groups) {
            ++group->count;
            if (exits.end(i) == kNoTime)
                continue;
            const ExitParts parts = exits.parts(i);
            group->parts.kvm += parts.kvm;
            group->parts.userspace += parts.userspace;
            group->parts.preempted += parts.preempted;
            group->parts.idle += parts.idle;
            group->parts.blocked += parts.blocked;
            group->parts.irq += parts.irq;
            group->gross.push_back(gross(parts));
            group->net.push_back(gross(parts) - parts.idle - parts.preempted);
        }
        if (exits.entry(i) != kNoTime) {
            sums.runs.push_back(exits.time(i) - exits.entry(i));
            sums.entryToExitEvent += exits.event(i) - exits.entry(i);
        }
    }

    const Recording &m_recording;
    const Selection &m_selection;
};

// The smallest value with at least `percent` of the values at or below it.
Ns nearestRank(const std::vector<Ns> &sorted, int percent)
{
    std::size_t atOrBelow = 1;
    while (atOrBelow * 100 < sorted.size() * static_cast<std::size_t>(percent))
        ++atOrBelow;
    return sorted[atOrBelow - 1];
}

class Comparison {
public:
    template <typename A, typename B>
    void equal(const QString &what, const A &got, const B &expected)
    {
        if (got != static_cast<A>(expected))
            found.append(
                m_where + QLatin1Char(' ') + what + QStringLiteral(": got %1, naive %2").arg(got).arg(expected));
    }
    void near(const QString &what, std::optional<double> got, double expected)
    {
        if (!got || std::abs(*got - expected) > 0.11)
            found.append(m_where + QLatin1Char(' ') + what
                + QStringLiteral(": got %1, naive %2").arg(got.value_or(-1)).arg(expected, 0, 'f', 3));
    }

    void distribution(const QString &what, const Distribution &got, std::vector<Ns> values)
    {
        Ns total = 0;
        for (const Ns value : values)
            total += value;
        equal(what + QStringLiteral(" count"), got.count, values.size());
        equal(what + QStringLiteral(" total"), got.total, total);
        if (values.empty()) {
            if (got.min || got.max || got.mean || got.stddev || got.p50 || got.p95 || got.p99)
                found.append(m_where + QLatin1Char(' ') + what + QStringLiteral(": numbers of nothing"));
            return;
        }
        std::sort(values.begin(), values.end());
        const double mean = static_cast<double>(total) / static_cast<double>(values.size());
        double squares = 0;
        for (const Ns value : values)
            squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
        equal(what + QStringLiteral(" min"), got.min.value_or(-1), values.front());
        equal(what + QStringLiteral(" max"), got.max.value_or(-1), values.back());
        equal(what + QStringLiteral(" p50"), got.p50.value_or(-1), nearestRank(values, 50));
        equal(what + QStringLiteral(" p95"), got.p95.value_or(-1), nearestRank(values, 95));
        equal(what + QStringLiteral(" p99"), got.p99.value_or(-1), nearestRank(values, 99));
        near(what + QStringLiteral(" mean"), got.mean, mean);
        near(what + QStringLiteral(" stddev"), got.stddev, std::sqrt(squares / static_cast<double>(values.size())));
    }

    void group(const QString &what, const ExitGroup &got, const Group &expected)
    {
        equal(what + QStringLiteral(" count"), got.count, expected.count);
        equal(what + QStringLiteral(" timed"), got.timed, expected.gross.size());
        if (got.parts != expected.parts)
            found.append(m_where + QLatin1Char(' ') + what + QStringLiteral(": parts differ"));
        distribution(what + QStringLiteral(" gross"), got.gross, expected.gross);
        distribution(what + QStringLiteral(" net"), got.net, expected.net);
    }

    void totals(const QString &where, const Totals &got, const Sums &expected, const ReasonTable &reasons)
    {
        m_where = where;
        for (int i = 0; i < kVcpuStates; ++i)
            equal(QStringLiteral("state %1").arg(i), got.states[i], expected.states[i]);
        equal(QStringLiteral("halt_kvm"), got.haltKvm, expected.haltKvm);
        equal(QStringLiteral("irq"), got.irq, expected.irq);
        equal(QStringLiteral("entries"), got.entries, expected.entries);
        equal(QStringLiteral("exits"), got.exits, expected.all.count);
        equal(QStringLiteral("timed"), got.timed, expected.all.gross.size());
        equal(QStringLiteral("entry to exit event"), got.entryToExitEvent, expected.entryToExitEvent);
        distribution(QStringLiteral("runs"), got.runs, expected.runs);
        overhead(got, expected);
        equal(QStringLiteral("reasons"), got.reasons.size(), expected.reasons.size());
        equal(QStringLiteral("scenarios"), got.scenarios.size(), expected.scenarios.size());
        if (got.reasons.size() != expected.reasons.size() || got.scenarios.size() != expected.scenarios.size())
            return;
        auto reason = expected.reasons.begin();
        for (const ReasonGroup &one : got.reasons) {
            equal(QStringLiteral("isa"), reasons[one.reason].key.isa, reason->first.isa);
            equal(QStringLiteral("code"), reasons[one.reason].key.code, reason->first.code);
            group(QStringLiteral("reason %1").arg(reason->first.code), one, reason->second);
            ++reason;
        }
        auto scenario = expected.scenarios.begin();
        for (const ScenarioGroup &one : got.scenarios) {
            equal(QStringLiteral("scenario"), static_cast<int>(one.scenario), static_cast<int>(scenario->first));
            group(QStringLiteral("scenario %1").arg(static_cast<int>(scenario->first)), one, scenario->second);
            ++scenario;
        }
    }

    QStringList found;

private:
    void overhead(const Totals &got, const Sums &expected)
    {
        const auto of = [&expected](VcpuState s) { return expected.states[static_cast<std::size_t>(s)]; };
        const Ns cost = of(VcpuState::Kvm) + of(VcpuState::Userspace) + of(VcpuState::Blocked)
            + of(VcpuState::Preempted) - expected.haltKvm;
        const Ns whole = cost + of(VcpuState::Guest);
        if (whole == 0 && got.overheadPercent())
            found.append(m_where + QStringLiteral(" overhead of nothing"));
        if (whole != 0
            && std::abs(got.overheadPercent().value_or(-1e9)
                   - 100.0 * static_cast<double>(cost) / static_cast<double>(whole))
                > 0.01)
            found.append(m_where + QStringLiteral(" overhead"));
    }

    QString m_where;
};

} // namespace

QStringList differences(const Statistics &statistics, const Recording &recording, const Selection &selection)
{
    const Summing summing(recording, selection);
    Comparison comparison;
    Sums total;
    std::size_t vms = 0;
    for (std::size_t h = 0; h < recording.hosts.size(); ++h) {
        for (std::size_t v = 0; v < recording.hosts[h].vms.size(); ++v) {
            const Vm &vm = recording.hosts[h].vms[v];
            Sums ofVm;
            std::size_t vcpus = 0;
            for (std::size_t i = 0; i < vm.vcpus.size(); ++i) {
                const Vcpu &vcpu = vm.vcpus[i];
                if (!summing.chosen({{h, v}, i}))
                    continue;
                summing.add(ofVm, vcpu);
                summing.add(total, vcpu);
                Sums ofVcpu;
                summing.add(ofVcpu, vcpu);
                if (vms < statistics.vms.size() && vcpus < statistics.vms[vms].vcpus.size())
                    comparison.totals(
                        vm.vcpuId(vcpu), statistics.vms[vms].vcpus[vcpus].totals, ofVcpu, recording.reasons);
                ++vcpus;
            }
            if (vcpus == 0)
                continue;
            if (vms < statistics.vms.size()) {
                comparison.equal(QStringLiteral("vCPUs"), statistics.vms[vms].vcpus.size(), vcpus);
                comparison.totals(vm.name, statistics.vms[vms].totals, ofVm, recording.reasons);
            }
            ++vms;
        }
    }
    comparison.equal(QStringLiteral("VMs"), statistics.vms.size(), vms);
    comparison.totals(QStringLiteral("all"), statistics.totals, total, recording.reasons);
    return comparison.found;
}

} // namespace exitscope::naive
