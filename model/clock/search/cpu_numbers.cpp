// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/cpu_numbers.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "model/clock/search/coarse_pass.h"
#include "model/clock/search/coarse_search.h"
#include "model/parallel.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostExact = 6; // CPUs to try all permutations of
constexpr std::size_t kMostNumbered = 256;
constexpr std::size_t kMostLooks = 40'000'000; // at an event on a vCPU
constexpr std::size_t kEventsWeighed = 20'000; // events of a guest under a map

using Matrix = std::vector<std::vector<double>>; // by guest CPU and vCPU: how likely, ln

struct Assignment {
    std::vector<std::size_t> vcpuOf;
    double sum = -std::numeric_limits<double>::infinity();
};

Assignment bestOfAll(const Matrix &matrix)
{
    std::vector<std::size_t> order(matrix.front().size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    Assignment best;
    do {
        double sum = 0;
        for (std::size_t k = 0; k < matrix.size(); ++k)
            sum += matrix[k][order[k]];
        if (best.vcpuOf.empty() || sum > best.sum + 1e-6)
            best = {{order.begin(), order.begin() + std::ptrdiff_t(matrix.size())}, sum};
    } while (std::next_permutation(order.begin(), order.end()));
    return best;
}

// The likeliest pair that is left, again and again.
Assignment likeliestFirst(const Matrix &matrix)
{
    struct Place {
        double likelihood;
        std::size_t cpu, vcpu;
    };
    std::vector<Place> places;
    for (std::size_t k = 0; k < matrix.size(); ++k)
        for (std::size_t v = 0; v < matrix[k].size(); ++v)
            places.push_back({matrix[k][v], k, v});
    std::ranges::stable_sort(places, std::ranges::greater{}, &Place::likelihood);
    Assignment best{std::vector<std::size_t>(matrix.size()), 0};
    std::vector<bool> cpuDone(matrix.size());
    std::vector<bool> vcpuDone(matrix.front().size());
    for (const Place &place : places) {
        if (cpuDone[place.cpu] || vcpuDone[place.vcpu])
            continue;
        cpuDone[place.cpu] = vcpuDone[place.vcpu] = true;
        best.vcpuOf[place.cpu] = place.vcpu;
        best.sum += place.likelihood;
    }
    return best;
}

// With the largest sum.
Assignment assignmentBy(const Matrix &matrix)
{
    return matrix.front().size() <= kMostExact ? bestOfAll(matrix) : likeliestFirst(matrix);
}

bool canBePermuted(const GuestTrace &guest, const VmRuns &vm)
{
    return !vm.isPseudo() && !guest.cpus.empty() && guest.cpus.size() <= vm.size() && vm.size() >= 2
        && vm.size() <= kMostNumbered;
}

std::vector<const RunTrack *> allRuns(const VmRuns &vm)
{
    std::vector<const RunTrack *> all;
    for (std::size_t v = 0; v < vm.size(); ++v)
        all.push_back(&vm.runs(v));
    return all;
}

// How likely each CPU is each vCPU, along the paths of a coarse search.
class PathWeigher {
public:
    PathWeigher(const GuestTrace &guest, const VmRuns &vm, const CoarseResult &found, const SearchBudget &budget)
        : m_guest(guest), m_host(vm.host().range), m_found(found), m_budget(budget)
    {
        const std::size_t windows = std::max<std::size_t>(1, found.candidates.size() * kMostCoarseWindows);
        m_eventsOfWindow = std::max<std::size_t>(8, kMostLooks / windows / (guest.cpus.size() * vm.size()));
    }

    std::vector<Matrix> weigh(const std::vector<const RunTrack *> &vcpus) const; // by candidate

private:
    double along(const CoarseCandidate &candidate, const GuestCpu &cpu, const std::vector<float> &likelihood) const;

    const GuestTrace &m_guest;
    TimeRange m_host;
    const CoarseResult &m_found;
    const SearchBudget &m_budget;
    std::size_t m_eventsOfWindow; // to look at
};

double PathWeigher::along(
    const CoarseCandidate &candidate, const GuestCpu &cpu, const std::vector<float> &likelihood) const
{
    double sum = 0;
    for (const CoarseCandidate::PathPoint &point : candidate.path) {
        const auto first = std::ranges::lower_bound(cpu.events, point.guest - kCoarseWindow / 2);
        const auto last = std::lower_bound(first, cpu.events.end(), point.guest + kCoarseWindow / 2);
        const auto stride = std::ptrdiff_t(std::size_t(last - first) / m_eventsOfWindow + 1);
        Ns counted = -1;
        for (auto event = first; event < last; event += std::min(stride, last - event)) {
            const Ns at = point.host + (*event - point.guest) - m_host.from;
            const Ns bin = at / m_found.bin;
            if (at >= 0 && bin < Ns(likelihood.size()) && bin != counted)
                sum += double(likelihood[std::size_t(bin)]);
            counted = bin;
        }
    }
    return sum;
}

std::vector<Matrix> PathWeigher::weigh(const std::vector<const RunTrack *> &vcpus) const
{
    std::vector<Matrix> all(m_found.candidates.size(), Matrix(m_guest.cpus.size(), std::vector<double>(vcpus.size())));
    inParallel(vcpus.size(), kMostSearchThreads, [&](std::size_t v) {
        const std::vector<float> likelihood = likelihoodByBin(std::span(&vcpus[v], 1), m_host, m_found.bin, m_budget);
        for (std::size_t c = 0; c < all.size() && !m_budget.hasEnded(); ++c)
            for (std::size_t k = 0; k < m_guest.cpus.size(); ++k)
                all[c][k][v] = along(m_found.candidates[c], m_guest.cpus[k], likelihood);
    });
    return all;
}

} // namespace

CpuMap cpusByLikelihood(const GuestTrace &guest, const VmRuns &vm, const SearchBudget &budget)
{
    if (!canBePermuted(guest, vm))
        return {};
    const std::vector<const RunTrack *> vcpus = allRuns(vm);
    GuestOnVm pairs;
    for (std::size_t k = 0; k < guest.cpus.size(); ++k)
        pairs.push_back({guest.cpus[k].events, vcpus[k]});
    const CoarseResult found = searchCoarse(pairs, guest.range, vm.host().range, {.anyOf = vcpus}, budget);
    if (found.candidates.empty())
        return {};
    Assignment best;
    best.sum = 0; // less speaks against it
    for (const Matrix &matrix : PathWeigher(guest, vm, found, budget).weigh(vcpus))
        if (Assignment own = assignmentBy(matrix); own.sum > best.sum)
            best = std::move(own);
    if (budget.hasEnded())
        return {};
    return {best.vcpuOf.begin(), best.vcpuOf.end()};
}

CpuMap cpusUnderMap(const GuestTrace &guest, const VmRuns &vm, const ClockMap &map)
{
    if (!canBePermuted(guest, vm))
        return {};
    Matrix matrix;
    for (const GuestCpu &cpu : guest.cpus) {
        const ThinnedGuest some(
            {{cpu.events, nullptr}}, {kNoTime + 1, kEndOfRecording}, kEventsWeighed / guest.cpus.size());
        std::vector<double> &row = matrix.emplace_back();
        for (const RunTrack *runs : allRuns(vm))
            row.push_back(containmentOf({{some.pairs().front().events, runs}}, map, 0).likelihood);
    }
    const Assignment best = assignmentBy(matrix);
    return {best.vcpuOf.begin(), best.vcpuOf.end()};
}

} // namespace exitscope
