// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/alignment.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "model/clock/guest_on_vm.h"
#include "model/clock/parallel.h"
#include "model/clock/search/containment_fit.h"
#include "model/clock/search/cpu_numbers.h"
#include "model/clock/search/line_search.h"
#include "model/clock/search/map_search.h"
#include "model/clock/sync_diagnostics.h"
#include "model/clock/vmsync.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr double kLeastShare = 0.95; // contained
constexpr std::int64_t kLeastKnown = 100; // events
constexpr double kAboveChance = 60; // ln: of all lags that are tried the best one reaches some 30 by chance
constexpr double kLeastLead = 30; // ln, over the best different map
constexpr double kLeadShare = 1.0 / 3; // of the likelihood
constexpr Ns kDifferent = 5'000'000; // maps so far apart are not one and the same
constexpr Ns kMostUncertainty = 5'000'000; // where the bounds leave more open, different maps fit

// The first and last event of which the host knows something.
TimeRange knownRange(const GuestOnVm &guest, const ClockMap &map, const SearchBudget &budget)
{
    TimeRange range{kEndOfRecording, kNoTime};
    for (const EventsOnRuns &pair : guest) {
        if (budget.hasEnded())
            break;
        RunCursor cursor(*pair.runs);
        for (const Ns event : pair.events) {
            if (cursor.at(map.toHost(event)) == HostKnows::Nothing)
                continue;
            range.from = std::min(range.from, event);
            range.to = std::max(range.to, event);
        }
    }
    return range.to < range.from ? TimeRange{} : range;
}

bool isOtherMap(const GuestAlignment &a, const GuestAlignment &b)
{
    const Ns at = b.reference();
    return a.vm != b.vm || std::abs(a.map.toHost(at) - b.map.toHost(at)) >= kDifferent;
}

// The line within the piece's bounds at the begin, the end and the middle of the range.
ClockLine clipped(ClockLine line, const ClockPiece &piece, TimeRange range)
{
    const auto at = [&](Ns guest) {
        const auto bounds = piece.bounds(guest);
        const Ns host = line.toHost(guest);
        return bounds ? std::clamp(host, bounds->from, bounds->to) : host;
    };
    const Ns from = at(range.from);
    const Ns to = at(range.to);
    if (from != line.toHost(range.from) || to != line.toHost(range.to))
        line = {range.from, from, double((to - from) - range.length()) / double(range.length())};
    line = line.at(range.from + range.length() / 2);
    line.hostAtReference = at(line.referenceGuest);
    return line;
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
    GuestAlignment byContainment(std::size_t guest, const Candidate &vm, const CpuMap &vcpuOf) const;
    void assign(std::vector<GuestAlignment> trials);
    bool mayBePermuted(const GuestAlignment &chosen, const Candidate &vm) const;
    GuestAlignment tryPermuted(std::size_t guest, const Candidate &vm) const;
    bool isUnfinished(const GuestAlignment &guest) const;
    std::optional<std::size_t> takenBy(const VmKey &key) const;
    GuestAlignment byUser(std::size_t guest, const Candidate &vm, const ClockMap &map) const;
    bool byVmsync(GuestAlignment &alignment, const Candidate &vm) const;
    void complete(GuestAlignment &alignment, const VmRuns &runs) const;
    void estimate(GuestAlignment &alignment, const VmRuns &runs) const;
    const VmRuns &runsOf(const VmKey &key) const;

    const Recording &m_recording;
    const AlignOptions &m_options;
    const SearchBudget &m_budget;
    std::vector<Candidate> m_vms;
    std::vector<GuestAlignment> m_chosen; // by guest
    std::set<std::size_t> m_unfinished; // guests with a trial that the budget's end has cut short
};

SyncVerdict verdictOf(const GuestAlignment &alignment)
{
    const Containment &c = alignment.containment;
    if (alignment.map.isEmpty() || c.share() < kLeastShare)
        return SyncVerdict::None;
    if (alignment.method == SyncMethod::Vmsync)
        return SyncVerdict::Aligned; // pairs of events leave nothing to guess
    const std::int64_t all = c.known + c.unknown + c.outside;
    if (c.known + c.unknown < std::min(kLeastKnown, (all + 1) / 2))
        return SyncVerdict::None; // it fits only where it hardly meets the recording
    // Pieces that may lie anywhere fit much by chance: they must explain all.
    std::int64_t steps = 0;
    for (std::size_t i = 1; i < alignment.map.pieces().size(); ++i)
        steps += alignment.map.isStep(i);
    if (steps > 0 && c.misfits() > steps)
        return SyncVerdict::Ambiguous;
    const double lead = c.likelihood - alignment.runnerUp;
    const bool isSure = c.known >= kLeastKnown && c.likelihood >= kAboveChance
        && lead >= std::max(kLeastLead, kLeadShare * c.likelihood)
        && alignment.uncertainty().value_or(kMostUncertainty) < kMostUncertainty;
    return isSure ? SyncVerdict::Aligned : SyncVerdict::Ambiguous;
}

const VmRuns &Aligner::runsOf(const VmKey &key) const
{
    return std::ranges::find(m_vms, key, &Candidate::key)->runs;
}

// What follows from the map.
void Aligner::complete(GuestAlignment &alignment, const VmRuns &runs) const
{
    const GuestTrace &guest = m_recording.guests[alignment.guest];
    const GuestOnVm pairs = runs.with(guest, alignment.vcpuOf);
    alignment.overlap = knownRange(pairs, alignment.map, m_budget);
    alignment.anchors = 0;
    for (const ClockPiece &piece : alignment.map.pieces())
        alignment.anchors += std::int64_t(piece.corners.size());
}

GuestAlignment Aligner::byContainment(std::size_t guest, const Candidate &vm, const CpuMap &vcpuOf) const
{
    const GuestTrace &trace = m_recording.guests[guest];
    GuestAlignment result;
    result.guest = guest;
    result.vm = vm.key;
    result.method = SyncMethod::Containment;
    result.vcpuOf = vcpuOf;
    const Timeline &host = vm.runs.host();
    FoundMap found = findMap(
        vm.runs.with(trace, vcpuOf), trace.range, host.range, startingPoints(trace, host.clockEvents), m_budget);
    result.map = std::move(found.map);
    result.containment = found.containment;
    result.runnerUp = found.runnerUp;
    if (!result.map.isEmpty())
        complete(result, vm.runs);
    result.verdict = verdictOf(result);
    return result;
}

// True if there are vmsync pairs; their map is then narrowed by containment.
bool Aligner::byVmsync(GuestAlignment &alignment, const Candidate &vm) const
{
    const GuestTrace &guest = m_recording.guests[alignment.guest];
    std::vector<InstantBounds> bounds = vmsyncBounds(guest.vmsync, vm.runs.host().clockEvents.vmsync);
    if (!boundsBothSides(bounds))
        return false;
    const FeasibleLines pairs(bounds, kMaxClockDrift);
    if (pairs.isEmpty())
        return false;
    alignment.vm = vm.key;
    alignment.method = SyncMethod::Vmsync;
    alignment.vcpuOf = vm.runs.sameNumbers(guest);
    alignment.map = ClockMap(std::vector<ClockPiece>{pairs.piece()});
    const GuestOnVm onVm = vm.runs.with(guest, alignment.vcpuOf);
    const Ns reach = alignment.map.uncertainty(guest.range).value_or(0) + 1;
    const ClockLine line
        = searchLine(onVm, {alignment.map.pieces().front().line, guest.range, reach, kMaxClockDrift}, m_budget);
    const ClockMap fitted = fitLine(onVm, line, guest.range, m_budget);
    if (!fitted.isEmpty()) {
        std::ranges::copy(boundsOfContained(onVm, fitted, guest.range, m_budget), std::back_inserter(bounds));
        std::ranges::stable_sort(bounds, {}, &InstantBounds::guest);
        const FeasibleLines both(bounds, kMaxClockDrift);
        if (!both.isEmpty())
            alignment.map = ClockMap(std::vector<ClockPiece>{both.piece()});
    }
    alignment.containment = containmentOf(onVm, alignment.map, 0, m_budget);
    complete(alignment, vm.runs);
    alignment.verdict = verdictOf(alignment);
    return true;
}

GuestAlignment Aligner::byUser(std::size_t guest, const Candidate &vm, const ClockMap &map) const
{
    const GuestTrace &trace = m_recording.guests[guest];
    GuestAlignment result;
    result.guest = guest;
    result.vm = vm.key;
    result.vcpuOf = vm.runs.sameNumbers(trace);
    result = withMap(m_recording, result, map, m_budget);
    if (result.containment.share() < kLeastShare && trace.cpus.size() > 1) { // it may number its CPUs in another way
        GuestAlignment permuted = result;
        permuted.vcpuOf = cpusUnderMap(trace, vm.runs, map);
        if (!permuted.vcpuOf.empty())
            permuted = withMap(m_recording, permuted, map, m_budget);
        if (permuted.containment.contained > result.containment.contained)
            result = std::move(permuted);
    }
    result.verdict = SyncVerdict::Aligned; // the user says so
    return result;
}

GuestAlignment Aligner::tryOn(std::size_t guest, const Candidate &vm) const
{
    GuestAlignment result;
    result.guest = guest;
    const auto given = m_options.userMaps.find(guest);
    if (given != m_options.userMaps.end())
        return byUser(guest, vm, given->second);
    if (byVmsync(result, vm) && result.verdict == SyncVerdict::Aligned)
        return result;
    return byContainment(guest, vm, vm.runs.sameNumbers(m_recording.guests[guest]));
}

void Aligner::estimate(GuestAlignment &alignment, const VmRuns &runs) const
{
    const std::vector<DeadlinesOfVcpu> deadlines
        = runs.deadlines(m_recording.guests[alignment.guest], alignment.vcpuOf);
    std::vector<ClockPiece> pieces;
    const std::vector<ClockPiece> &found = alignment.map.pieces();
    for (std::size_t i = 0; i < found.size(); ++i) {
        TimeRange within = alignment.overlap;
        if (i > 0)
            within.from = std::max(within.from, found[i].breakWithin.to);
        if (i + 1 < found.size())
            within.to = std::min(within.to, found[i + 1].breakWithin.from);
        const auto own = within.to > within.from
            ? estimateByDeadlines(deadlines, ClockMap(std::vector<ClockPiece>{found[i]}), within, m_budget)
            : std::nullopt;
        if (!own)
            return; // a map that is an estimate in part only would mislead
        pieces.push_back({clipped(own->line, found[i], within), found[i].guestFrom, found[i].breakWithin, {}});
        alignment.estimateAnchors += own->anchors;
    }
    alignment.estimate = ClockMap(std::move(pieces));
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
    if (chosen.method == SyncMethod::User)
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
    GuestAlignment trial = byContainment(guest, vm, vcpuOf);
    return trial.verdict == SyncVerdict::Aligned ? trial : none;
}

// In the order of the trials, whichever ends first.
std::vector<GuestAlignment> Aligner::tryAll(const std::vector<Trial> &trials, Try how)
{
    std::vector<GuestAlignment> results(trials.size());
    std::vector<std::uint8_t> isDone(trials.size());
    inParallel(trials.size(), [&](std::size_t i) {
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
    const bool isGuess = guest.method != SyncMethod::User && guest.method != SyncMethod::Vmsync;
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
        if (isUnfinished(guest)) {
            const std::size_t index = guest.guest;
            guest = {};
            guest.guest = index;
            guest.verdict = SyncVerdict::Unknown;
        }
        if (guest.isAligned() && guest.method != SyncMethod::User)
            estimate(guest, runsOf(*guest.vm));
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

Alignments alignGuests(const Recording &recording, const AlignOptions &options, CancelFlag cancel)
{
    const std::size_t pairs = recording.guests.size() * vmsOf(recording).size();
    const SearchBudget budget(cancel, SearchBudget::Clock::now() + options.atMost * pairs);
    return Aligner(recording, options, budget).align();
}

GuestAlignment withMap(
    const Recording &recording, const GuestAlignment &alignment, const ClockMap &map, const SearchBudget &budget)
{
    GuestAlignment result = alignment;
    result.method = SyncMethod::User;
    result.map = map;
    result.estimate = {};
    result.estimateAnchors = 0;
    result.anchors = 0;
    if (!result.vm)
        return result;
    const Timeline &host = recording.hosts[result.vm->host];
    const VmRuns runs(host, host.vms[result.vm->vm], budget);
    const GuestOnVm pairs = runs.with(recording.guests[result.guest], result.vcpuOf);
    result.containment = containmentOf(pairs, map, 0, budget);
    result.overlap = knownRange(pairs, map, budget);
    return result;
}

} // namespace exitscope
