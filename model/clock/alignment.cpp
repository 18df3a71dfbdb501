// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/alignment.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "model/clock/search/cpu_numbers.h"
#include "model/clock/sync_diagnostics.h"
#include "model/clock/tool_shift.h"
#include "model/clock/verdict.h"
#include "model/clock/vm_trial.h"
#include "model/parallel.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr Ns kDifferent = 5'000'000; // maps so far apart are not one and the same

bool isOtherMap(const GuestAlignment &a, const GuestAlignment &b)
{
    const Ns at = b.reference();
    return a.vm != b.vm || std::abs(a.map.toHost(at) - b.map.toHost(at)) >= kDifferent;
}

// What bounds the map holds for it alone, if for that.
void forgetBounds(GuestAlignment &guest)
{
    guest.map = guest.map.shifted(0);
    guest.regions.clear();
}

// What was found says nothing.
void forget(GuestAlignment &guest, bool isTooRegular)
{
    GuestAlignment unknown;
    unknown.guest = guest.guest;
    unknown.verdict = SyncVerdict::Unknown;
    unknown.neverRests = isTooRegular;
    unknown.period = guest.period;
    guest = std::move(unknown);
}

class Aligner {
public:
    Aligner(const Recording &recording, const AlignOptions &options, const SearchBudget &budget)
        : m_recording(recording), m_options(options), m_budget(budget)
    {
        for (const VmAt &vm : vmsOf(recording))
            m_vms.push_back({vm.key, VmRuns(*vm.host, *vm.vm, budget)});
    }

    Alignments align();

private:
    struct Candidate {
        VmKey key;
        VmRuns runs;
    };
    struct Trial { // of a guest on a VM
        std::size_t guest;
        const Candidate *vm;
    };
    using Try = GuestAlignment (Aligner::*)(std::size_t guest, const Candidate &vm) const;
    std::vector<GuestAlignment> tryAll(const std::vector<Trial> &trials, Try how);
    GuestAlignment tryOn(std::size_t guest, const Candidate &vm) const;
    void assign(std::vector<GuestAlignment> trials);
    bool mayBePermuted(const GuestAlignment &chosen, const Candidate &vm) const;
    GuestAlignment tryPermuted(std::size_t guest, const Candidate &vm) const;
    bool isUnfinished(const GuestAlignment &guest) const;
    std::optional<std::size_t> takenBy(const VmKey &key) const;
    ClockMap toolMap(std::size_t guest) const;
    VmTrial trial(std::size_t guest, const Candidate &vm) const;

    const Recording &m_recording;
    const AlignOptions &m_options;
    const SearchBudget &m_budget;
    std::vector<Candidate> m_vms;
    std::vector<GuestAlignment> m_chosen; // by guest
    std::set<std::size_t> m_unfinished; // guests with a trial that the budget's end has cut short
};

VmTrial Aligner::trial(std::size_t guest, const Candidate &vm) const
{
    return {m_recording, guest, vm.key, vm.runs, m_budget};
}

GuestAlignment Aligner::tryOn(std::size_t guest, const Candidate &vm) const
{
    const VmTrial own = trial(guest, vm);
    const auto given = m_options.userMaps.find(guest);
    if (given != m_options.userMaps.end())
        return own.byUser(given->second);
    const ClockMap byTool = toolMap(guest);
    if (!byTool.isEmpty())
        if (GuestAlignment measured = own.byTool(byTool); measured.isAligned())
            return measured;
    auto byVmsync = own.byVmsync();
    if (byVmsync && byVmsync->isAligned())
        return std::move(*byVmsync);
    return own.byContainment(vm.runs.sameNumbers(m_recording.guests[guest]));
}

// What the traces of a guest bring along; most bring nothing.
ClockMap Aligner::toolMap(std::size_t guest) const
{
    const std::vector<std::size_t> &traces = m_recording.guests[guest].traces;
    const bool isTold = !traces.empty() && traces.front() < m_recording.traces.size();
    return isTold ? shiftMapOf(m_recording.traces[traces.front()].description) : ClockMap();
}

std::optional<std::size_t> Aligner::takenBy(const VmKey &key) const
{
    for (const GuestAlignment &chosen : m_chosen)
        if (chosen.isAligned() && chosen.vm == key)
            return chosen.guest;
    return std::nullopt;
}

// Each guest gets the VM that it fits best, and each VM one guest: what the user says first, then the best pairs.
void Aligner::assign(std::vector<GuestAlignment> trials)
{
    std::ranges::stable_sort(trials, {}, [](const GuestAlignment &a) {
        return std::tuple(a.method != SyncMethod::User, a.verdict != SyncVerdict::Aligned, -a.containment.likelihood);
    });
    for (GuestAlignment &trial : trials) {
        GuestAlignment &chosen = m_chosen[trial.guest];
        if (trial.map.isEmpty())
            continue;
        auto other = trial.method == SyncMethod::User ? std::nullopt : takenBy(*trial.vm);
        if (other == trial.guest) // by itself, with other numbers of its CPUs
            other = std::nullopt;
        if (other && chosen.vm)
            continue;
        if (other) { // what it fits best is told, but it is not to be had
            chosen = std::move(trial);
            chosen.takenBy = other;
            chosen.verdict = SyncVerdict::None;
            continue;
        }
        const bool isFirst = !chosen.vm || (chosen.takenBy && trial.verdict != SyncVerdict::None);
        if (isFirst) {
            chosen = std::move(trial);
            continue;
        }
        const bool knowsMore = chosen.vm == trial.vm && trial.containment.contained > chosen.containment.contained;
        if (trial.verdict == SyncVerdict::Aligned && (!chosen.isAligned() || knowsMore))
            std::swap(chosen, trial);
        if (isOtherMap(trial, chosen)) // a worse place, but a possible one
            chosen.runnerUp = std::max({chosen.runnerUp, trial.runnerUp, trial.containment.likelihood});
    }
}

// Guests that fit nowhere may number their CPUs in another way; and so may one that has CPUs besides those that fit.
bool Aligner::mayBePermuted(const GuestAlignment &chosen, const Candidate &vm) const
{
    if (chosen.method == SyncMethod::User || chosen.method == SyncMethod::Tool)
        return false;
    if (chosen.isAligned())
        return chosen.vm == vm.key && vm.runs.hasNumberless()
            && !std::ranges::all_of(chosen.vcpuOf, &std::optional<std::size_t>::has_value);
    return !takenBy(vm.key);
}

// Empty if the assignment that is likeliest leads to nothing sure.
GuestAlignment Aligner::tryPermuted(std::size_t guest, const Candidate &vm) const
{
    GuestAlignment none;
    none.guest = guest;
    const GuestTrace &trace = m_recording.guests[guest];
    const CpuMap vcpuOf = cpusByLikelihood(trace, vm.runs, m_budget);
    if (vcpuOf.empty() || vcpuOf == vm.runs.sameNumbers(trace))
        return none;
    GuestAlignment permuted = trial(guest, vm).byContainment(vcpuOf);
    return permuted.verdict == SyncVerdict::Aligned ? permuted : none;
}

// In the order of the trials, whichever ends first.
std::vector<GuestAlignment> Aligner::tryAll(const std::vector<Trial> &trials, Try how)
{
    std::vector<GuestAlignment> results(trials.size());
    std::vector<std::uint8_t> isDone(trials.size());
    inParallel(trials.size(), kMostSearchThreads, [&](std::size_t i) {
        if (!m_budget.hasEnded())
            results[i] = (this->*how)(trials[i].guest, *trials[i].vm);
        isDone[i] = !m_budget.hasEnded();
    });
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (isDone[i] != 0)
            continue;
        results[i] = {};
        results[i].guest = trials[i].guest;
        m_unfinished.insert(trials[i].guest);
    }
    return results;
}

// What was not looked at might fit as well, unless nothing was guessed.
bool Aligner::isUnfinished(const GuestAlignment &guest) const
{
    const bool isGuess = guest.method == SyncMethod::Containment || guest.method == SyncMethod::None;
    return m_unfinished.contains(guest.guest) && (isGuess || !guest.isAligned());
}

Alignments Aligner::align()
{
    std::vector<Trial> trials;
    for (std::size_t g = 0; g < m_recording.guests.size(); ++g) {
        m_chosen.emplace_back().guest = g;
        for (const Candidate &vm : m_vms)
            trials.push_back({g, &vm});
    }
    assign(tryAll(trials, &Aligner::tryOn));
    trials.clear();
    for (const GuestAlignment &chosen : m_chosen)
        for (const Candidate &vm : m_vms)
            if (mayBePermuted(chosen, vm))
                trials.push_back({chosen.guest, &vm});
    assign(tryAll(trials, &Aligner::tryPermuted));
    Alignments result;
    for (GuestAlignment &guest : m_chosen) {
        if (guest.method == SyncMethod::Containment && !guest.takenBy)
            guest.verdict = verdictOf(guest); // with the other VMs' maps as runners-up
        if (isUnfinished(guest))
            forget(guest, false);
        else if (guest.verdict == SyncVerdict::Unknown)
            forget(guest, true);
        guest.toolIsWrong
            = guest.method != SyncMethod::Tool && guest.method != SyncMethod::User && !toolMap(guest.guest).isEmpty();
        if (guest.isAligned() && guest.method != SyncMethod::User && guest.method != SyncMethod::Tool)
            trial(guest.guest, *std::ranges::find(m_vms, *guest.vm, &Candidate::key)).estimate(guest);
        if (guest.verdict == SyncVerdict::Ambiguous && !areBoundsSure(guest))
            forgetBounds(guest);
        if (!m_budget.isCancelled())
            tellAlignment(m_recording, guest, result.diagnostics);
    }
    result.guests = std::move(m_chosen);
    return result;
}

} // namespace

QString methodName(SyncMethod method)
{
    switch (method) {
    case SyncMethod::None:
        break;
    case SyncMethod::User:
        return QStringLiteral("user");
    case SyncMethod::Tool:
        return QStringLiteral("trace-cmd");
    case SyncMethod::Vmsync:
        return QStringLiteral("vmsync");
    case SyncMethod::Containment:
        return QStringLiteral("containment");
    }
    return QStringLiteral("none");
}

QString verdictName(SyncVerdict verdict)
{
    switch (verdict) {
    case SyncVerdict::Aligned:
        return QStringLiteral("aligned");
    case SyncVerdict::Ambiguous:
        return QStringLiteral("ambiguous");
    case SyncVerdict::Unknown:
        return QStringLiteral("unknown");
    case SyncVerdict::None:
        break;
    }
    return QStringLiteral("none");
}

LineRegions GuestAlignment::regionsAt(Ns time) const
{
    return map.isEmpty() || regions.size() != map.pieces().size() ? LineRegions{} : regions[map.pieceAt(time)];
}

Alignments alignGuests(const Recording &recording, const AlignOptions &options, CancelFlag cancel)
{
    const std::size_t pairs = recording.guests.size() * vmsOf(recording).size();
    const SearchBudget budget(cancel, SearchBudget::Clock::now() + options.atMost * pairs);
    return Aligner(recording, options, budget).align();
}

GuestAlignment withMap(
    const Recording &recording, const GuestAlignment &alignment, const ClockMap &map, const SearchBudget &budget)
{
    if (!alignment.vm)
        return given(alignment, map); // there is nothing to put it on
    const Timeline &host = recording.hosts[alignment.vm->host];
    const VmRuns runs(host, host.vms[alignment.vm->vm], budget);
    return VmTrial(recording, alignment.guest, *alignment.vm, runs, budget).under(alignment, map);
}

} // namespace exitscope
