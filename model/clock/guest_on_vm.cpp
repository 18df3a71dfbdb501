// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/guest_on_vm.h"

#include <algorithm>
#include <numeric>

#include "model/clock/search/coarse_search.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr Ns kSameLag = 3'000'000;
constexpr std::size_t kMostCpus = 16; // to try permutations of
constexpr std::size_t kMostExact = 6; // to try all of

struct PairScore {
    ClockLine line;
    double score;
};
using Scores = std::vector<std::vector<std::vector<PairScore>>>; // by guest CPU and vCPU: the best lines of the pair

double scoreNear(const std::vector<PairScore> &pair, const ClockLine &line)
{
    double best = 0;
    for (const PairScore &other : pair)
        if (std::abs(other.line.toHost(line.referenceGuest) - line.hostAtReference) <= kSameLag)
            best = std::max(best, other.score);
    return best;
}

// The assignment with the largest sum; `matrix` by guest CPU and vCPU.
std::vector<std::size_t> assign(const std::vector<std::vector<double>> &matrix, double &sum)
{
    const std::size_t cpus = matrix.size();
    std::vector<std::size_t> order(matrix.front().size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::vector<std::size_t> best;
    sum = -1;
    if (order.size() <= kMostExact) {
        do {
            double own = 0;
            for (std::size_t k = 0; k < cpus; ++k)
                own += matrix[k][order[k]];
            if (own > sum + 1e-6) {
                sum = own;
                best.assign(order.begin(), order.begin() + std::ptrdiff_t(cpus));
            }
        } while (std::next_permutation(order.begin(), order.end()));
        return best;
    }
    // Many: the largest that is left, again and again.
    best.assign(cpus, 0);
    std::vector<bool> cpuDone(cpus), vcpuDone(order.size());
    sum = 0;
    for (std::size_t round = 0; round < cpus; ++round) {
        std::pair<std::size_t, std::size_t> at;
        double most = -1;
        for (std::size_t k = 0; k < cpus; ++k)
            for (std::size_t v = 0; v < order.size(); ++v)
                if (!cpuDone[k] && !vcpuDone[v] && matrix[k][v] > most) {
                    most = matrix[k][v];
                    at = {k, v};
                }
        cpuDone[at.first] = vcpuDone[at.second] = true;
        best[at.first] = at.second;
        sum += most;
    }
    return best;
}

} // namespace

VmRuns::VmRuns(const Timeline &host, const Vm &vm)
    : m_host(&host), m_vm(&vm),
      m_isPseudo(std::ranges::any_of(vm.vcpus, [](const Vcpu &vcpu) { return !vcpu.tid.has_value(); })),
      m_never(neverRuns(host.range))
{
    for (const Vcpu &vcpu : vm.vcpus)
        m_runs.push_back(runsOf(vcpu));
    if (m_isPseudo)
        m_any = runsOfAny(vm);
}

std::vector<std::optional<std::size_t>> VmRuns::sameNumbers(const GuestTrace &guest) const
{
    std::vector<std::optional<std::size_t>> vcpuOf;
    for (const GuestCpu &cpu : guest.cpus) {
        const auto same = std::ranges::find(m_vm->vcpus, QString::number(cpu.number), &Vcpu::number);
        vcpuOf.push_back(m_isPseudo || same == m_vm->vcpus.end()
                ? std::nullopt
                : std::optional(std::size_t(same - m_vm->vcpus.begin())));
    }
    return vcpuOf;
}

GuestOnVm VmRuns::with(const GuestTrace &guest, const std::vector<std::optional<std::size_t>> &vcpuOf) const
{
    GuestOnVm pairs;
    for (std::size_t k = 0; k < guest.cpus.size(); ++k) {
        const RunTrack *runs = m_isPseudo ? &m_any : vcpuOf[k] ? &m_runs[*vcpuOf[k]] : &m_never;
        pairs.push_back({guest.cpus[k].events, runs});
    }
    return pairs;
}

std::vector<DeadlinesOfVcpu> VmRuns::deadlines(
    const GuestTrace &guest, const std::vector<std::optional<std::size_t>> &vcpuOf) const
{
    std::vector<DeadlinesOfVcpu> all(guest.cpus.size());
    const GuestTimers &timers = guest.timers;
    for (std::size_t i = 0; i < timers.time.size(); ++i) {
        const auto cpu = std::ranges::find(guest.cpus, timers.cpu[i], &GuestCpu::number);
        if (cpu != guest.cpus.end())
            all[std::size_t(cpu - guest.cpus.begin())].guest.push_back(shifted(timers.expires[i], guest.clockOffset));
    }
    const HostClockEvents &events = m_host->clockEvents;
    for (std::size_t k = 0; k < guest.cpus.size(); ++k) {
        for (std::size_t i = 0; i < events.deadlineTime.size(); ++i) {
            bool isOwn = m_isPseudo;
            if (!isOwn && vcpuOf[k]) {
                const StateColumns &states = m_vm->vcpus[*vcpuOf[k]].states;
                const std::size_t at = states.at(events.deadlineTime[i]);
                isOwn = at < states.size() && states.pcpu(at) == events.deadlinePcpu[i];
            }
            if (isOwn)
                all[k].host.push_back(shifted(events.deadlineExpires[i], events.clockOffset));
        }
        std::ranges::sort(all[k].guest);
        std::ranges::sort(all[k].host);
    }
    return all;
}

std::vector<std::optional<std::size_t>> vcpusByLikelihood(const GuestTrace &guest, const VmRuns &vm)
{
    const std::size_t cpus = guest.cpus.size();
    if (vm.isPseudo() || cpus == 0 || cpus > vm.size() || vm.size() > kMostCpus || vm.size() < 2)
        return {};
    Scores scores(cpus, std::vector<std::vector<PairScore>>(vm.size()));
    std::vector<ClockLine> lines;
    for (std::size_t k = 0; k < cpus; ++k) {
        for (std::size_t v = 0; v < vm.size(); ++v) {
            const GuestOnVm pair{{guest.cpus[k].events, &vm.runs(v)}};
            for (const CoarseCandidate &found : searchCoarse(pair, guest.range, vm.host().range).candidates) {
                scores[k][v].push_back({found.line, found.score});
                lines.push_back(found.line);
            }
        }
    }
    double most = 0;
    std::vector<std::optional<std::size_t>> best;
    for (const ClockLine &line : lines) {
        std::vector<std::vector<double>> matrix(cpus, std::vector<double>(vm.size()));
        for (std::size_t k = 0; k < cpus; ++k)
            for (std::size_t v = 0; v < vm.size(); ++v)
                matrix[k][v] = scoreNear(scores[k][v], line);
        double sum = 0;
        const std::vector<std::size_t> assigned = assign(matrix, sum);
        if (sum > most) {
            most = sum;
            best.assign(assigned.begin(), assigned.end());
        }
    }
    return best;
}

} // namespace exitscope
