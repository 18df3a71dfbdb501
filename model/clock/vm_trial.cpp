// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/vm_trial.h"

#include <algorithm>

#include "model/clock/region_evidence.h"
#include "model/clock/search/containment_fit.h"
#include "model/clock/search/cpu_numbers.h"
#include "model/clock/search/deadline_search.h"
#include "model/clock/search/line_search.h"
#include "model/clock/search/map_search.h"
#include "model/clock/search/region_search.h"
#include "model/clock/verdict.h"
#include "model/clock/vmsync.h"

namespace exitscope {

namespace {

constexpr Ns kLeastReach = 100; // ns: within less there is nothing to tell apart
constexpr std::int64_t kLeastOfPiece = 100; // known events, for its regions to be sought
constexpr double kUserFits = 0.95; // contained: the map that was given is on the right vCPUs

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

// Where the piece surely holds.
TimeRange ownRange(const std::vector<ClockPiece> &pieces, std::size_t piece, TimeRange overlap)
{
    if (piece > 0)
        overlap.from = std::max(overlap.from, pieces[piece].breakWithin.to);
    if (piece + 1 < pieces.size())
        overlap.to = std::min(overlap.to, pieces[piece + 1].breakWithin.from);
    return overlap;
}

// In the middle of how long it takes from VM entry to VM entry; 0 without runs.
Ns periodOf(const GuestOnVm &guest)
{
    std::vector<Ns> periods;
    for (const EventsOnRuns &pair : guest) {
        Ns last = kNoTime;
        for (std::size_t i = 0; i < pair.runs->size(); ++i) {
            if (pair.runs->knows[i] != HostKnows::Guest)
                continue;
            if (last != kNoTime)
                periods.push_back(pair.runs->begin[i] - last);
            last = pair.runs->begin[i];
        }
    }
    if (periods.empty())
        return 0;
    const auto middle = periods.begin() + std::ptrdiff_t(periods.size() / 2);
    std::nth_element(periods.begin(), middle, periods.end());
    return *middle;
}

// The longest time that is known not to be in guest mode.
Ns longestRest(const GuestOnVm &guest)
{
    Ns longest = 0;
    for (const EventsOnRuns &pair : guest)
        for (std::size_t i = 0; i < pair.runs->size() && !pair.events.empty() && pair.runs->medianRun() > 0; ++i)
            if (pair.runs->knows[i] == HostKnows::NotGuest)
                longest = std::max(longest, pair.runs->end(i) - pair.runs->begin[i]);
    return longest;
}

// The guest's first and last event of which the host knows something.
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

} // namespace

GuestAlignment VmTrial::begun(SyncMethod method, const CpuMap &vcpuOf) const
{
    GuestAlignment result;
    result.guest = m_guest;
    result.vm = m_vm;
    result.method = method;
    result.vcpuOf = vcpuOf;
    return result;
}

// What follows from the map.
void VmTrial::complete(GuestAlignment &alignment) const
{
    alignment.overlap = knownRange(m_runs.with(m_trace, alignment.vcpuOf), alignment.map, m_budget);
    alignment.anchors = 0;
    for (const ClockPiece &piece : alignment.map.pieces())
        alignment.anchors += std::int64_t(piece.corners.size());
}

// Each piece has regions of its own; what bounds the piece holds for all of them.
void VmTrial::lookAtPieces(GuestAlignment &alignment) const
{
    const GuestOnVm pairs = m_runs.with(m_trace, alignment.vcpuOf);
    std::vector<ClockPiece> pieces = alignment.map.pieces();
    for (std::size_t i = 0; i < pieces.size() && !m_budget.hasEnded(); ++i) {
        const TimeRange own = ownRange(pieces, i, alignment.overlap);
        LineRegions &regions = alignment.regions.emplace_back();
        const ThinnedGuest within(pairs, own, std::numeric_limits<std::size_t>::max());
        if (own.to <= own.from
            || containmentOf(within.pairs(), ClockMap(pieces[i].line), 0, m_budget).known < kLeastOfPiece)
            continue;
        regions = searchRegions(within.pairs(), {pieces[i].line, own}, m_budget);
        if (regions.size() > 0)
            pieces[i] = widened(pieces[i], regions);
    }
    alignment.map = ClockMap(std::move(pieces));
}

// The map that spans all regions that are left.
void VmTrial::takeRegions(GuestAlignment &alignment) const
{
    const LineRegions &regions = alignment.regions.front();
    const GuestOnVm pairs = m_runs.with(m_trace, alignment.vcpuOf);
    const TimeRange overlap
        = overlapOf(ClockMap(regions.regions.front().piece.line), m_trace.range, m_runs.host().range);
    const bool wasBest = !alignment.map.isEmpty() && alignment.containment.misfits() < regions.misfits();
    const ClockPiece piece = wasBest ? widened(alignment.map.pieces().front(), regions) : spanning(regions, overlap);
    const double likelihood = alignment.containment.likelihood;
    alignment.map = ClockMap(std::vector<ClockPiece>{piece});
    alignment.containment = containmentOf(pairs, alignment.map, 0, m_budget);
    alignment.containment.likelihood = likelihood;
    complete(alignment);
}

// What containment leaves open, deadlines can tell: which of the regions, or, of a guest that fits nearly everywhere,
// where it is.
void VmTrial::decideByDeadlines(GuestAlignment &alignment) const
{
    const bool areSeveral = alignment.map.pieces().size() == 1 && alignment.hasSeveralRegions();
    if (!alignment.neverRests && !areSeveral)
        return;
    const auto deadlines
        = searchDeadlines(m_runs.deadlines(m_trace, alignment.vcpuOf), m_runs.host().range, kMaxClockDrift, m_budget);
    if (!deadlines)
        return;
    if (!alignment.neverRests) {
        alignment.regions = {nearDeadlines(alignment.regions.front(), *deadlines)};
        takeRegions(alignment);
        return;
    }
    const TimeRange overlap = overlapOf(ClockMap(deadlines->line), m_trace.range, m_runs.host().range);
    const GuestOnVm pairs = m_runs.with(m_trace, alignment.vcpuOf);
    LineRegions regions = regionsByDeadlines(pairs, *deadlines, overlap, m_budget);
    if (regions.size() == 0)
        return;
    dropContradicted(regions, m_trace, m_runs, alignment.vcpuOf, m_recording.reasons, m_budget);
    alignment.isByDeadlines = true;
    alignment.runnerUp = 0;
    alignment.map = {};
    alignment.regions = {std::move(regions)};
    takeRegions(alignment);
}

GuestAlignment VmTrial::byContainment(const CpuMap &vcpuOf) const
{
    GuestAlignment result = begun(SyncMethod::Containment, vcpuOf);
    const Timeline &host = m_runs.host();
    const GuestOnVm pairs = m_runs.with(m_trace, vcpuOf);
    FoundMap found = findMap(pairs, m_trace.range, host.range, startingPoints(m_trace, host.clockEvents), m_budget);
    result.map = std::move(found.map);
    result.containment = found.containment;
    result.runnerUp = found.runnerUp;
    result.period = periodOf(pairs);
    result.neverRests = longestRest(pairs) <= found.gap;
    if (!result.map.isEmpty())
        complete(result);
    if (result.map.pieces().size() > 1)
        lookAtPieces(result);
    else if (found.regions.size() > 0) {
        result.regions = {std::move(found.regions)};
        dropContradicted(result.regions.front(), m_trace, m_runs, vcpuOf, m_recording.reasons, m_budget);
        takeRegions(result);
    }
    if (!m_budget.hasEnded())
        decideByDeadlines(result);
    result.verdict = verdictOf(result);
    return result;
}

// The regions within the bounds whose lines keep to them, each narrowed by them; none if not all can be.
LineRegions VmTrial::regionsWithin(const std::vector<InstantBounds> &bounds, const CpuMap &vcpuOf) const
{
    const ClockPiece byPairs = FeasibleLines(bounds, kMaxClockDrift).piece();
    const ClockMap map(std::vector<ClockPiece>{byPairs});
    const TimeRange overlap = overlapOf(map, m_trace.range, m_runs.host().range);
    const Ns reach = map.uncertainty(overlap).value_or(0) + 1;
    if (reach < kLeastReach)
        return {};
    const GuestOnVm onVm = m_runs.with(m_trace, vcpuOf);
    LineRegions regions = searchRegions(onVm, {byPairs.line, overlap, double(reach), double(reach)}, m_budget);
    if (!std::ranges::all_of(regions.regions, &LineRegion::isExact))
        return {};
    std::erase_if(regions.regions, [&](LineRegion &region) {
        std::vector<InstantBounds> all = boundsOfContained(onVm, ClockMap(region.piece.line), overlap, m_budget);
        std::ranges::copy(bounds, std::back_inserter(all));
        std::ranges::stable_sort(all, {}, &InstantBounds::guest);
        const FeasibleLines both(all, kMaxClockDrift);
        if (!both.isEmpty())
            region.piece = both.piece();
        return both.isEmpty();
    });
    return regions;
}

std::optional<GuestAlignment> VmTrial::byVmsync() const
{
    const std::vector<InstantBounds> bounds = vmsyncBounds(m_trace.vmsync, m_runs.host().clockEvents.vmsync);
    if (!boundsBothSides(bounds))
        return std::nullopt;
    const FeasibleLines pairs(bounds, kMaxClockDrift);
    if (pairs.isEmpty())
        return std::nullopt;
    GuestAlignment result = begun(SyncMethod::Vmsync, m_runs.sameNumbers(m_trace));
    result.map = ClockMap(std::vector<ClockPiece>{pairs.piece()});
    const GuestOnVm onVm = m_runs.with(m_trace, result.vcpuOf);
    const Ns reach = result.map.uncertainty(m_trace.range).value_or(0) + 1;
    const ClockLine line
        = searchLine(onVm, {result.map.pieces().front().line, m_trace.range, reach, kMaxClockDrift}, m_budget);
    const ClockMap fitted = fitLine(onVm, line, m_trace.range, m_budget);
    if (!fitted.isEmpty()) {
        std::vector<InstantBounds> all = boundsOfContained(onVm, fitted, m_trace.range, m_budget);
        std::ranges::copy(bounds, std::back_inserter(all));
        std::ranges::stable_sort(all, {}, &InstantBounds::guest);
        const FeasibleLines both(all, kMaxClockDrift);
        if (!both.isEmpty())
            result.map = ClockMap(std::vector<ClockPiece>{both.piece()});
    }
    const ClockPiece piece = result.map.pieces().front();
    LineRegions regions = regionsWithin(bounds, result.vcpuOf);
    if (regions.size() > 0)
        result.regions = {regions};
    else if (reach >= kLeastReach) // the pairs alone bound it
        regions.regions.push_back({pairs.piece(), 0, false});
    result.map = ClockMap(std::vector<ClockPiece>{widened(piece, regions)});
    result.period = periodOf(onVm);
    result.containment = containmentOf(onVm, result.map, 0, m_budget);
    complete(result);
    result.verdict = verdictOf(result);
    return result;
}

GuestAlignment given(GuestAlignment alignment, const ClockMap &map)
{
    alignment.method = SyncMethod::User;
    alignment.map = map;
    alignment.estimate = {};
    alignment.estimateAnchors = 0;
    alignment.anchors = 0;
    alignment.regions.clear();
    return alignment;
}

GuestAlignment VmTrial::under(const GuestAlignment &before, const ClockMap &map) const
{
    GuestAlignment alignment = given(before, map);
    const GuestOnVm pairs = m_runs.with(m_trace, alignment.vcpuOf);
    alignment.containment = containmentOf(pairs, map, 0, m_budget);
    alignment.overlap = knownRange(pairs, map, m_budget);
    return alignment;
}

GuestAlignment VmTrial::byTool(const ClockMap &map) const
{
    GuestAlignment result = byUser(map);
    result.method = SyncMethod::Tool;
    const bool fits = result.containment.known > 0 && result.containment.share() >= kUserFits;
    result.verdict = fits ? SyncVerdict::Aligned : SyncVerdict::None;
    return result;
}

GuestAlignment VmTrial::byUser(const ClockMap &map) const
{
    GuestAlignment result = under(begun(SyncMethod::User, m_runs.sameNumbers(m_trace)), map);
    if (result.containment.share() < kUserFits && m_trace.cpus.size() > 1) { // it may number its CPUs in another way
        const CpuMap permuted = cpusUnderMap(m_trace, m_runs, map);
        GuestAlignment other = permuted.empty() ? result : under(begun(SyncMethod::User, permuted), map);
        if (other.containment.contained > result.containment.contained)
            result = std::move(other);
    }
    result.verdict = SyncVerdict::Aligned; // the user says so
    return result;
}

void VmTrial::estimate(GuestAlignment &alignment) const
{
    const std::vector<DeadlinesOfVcpu> deadlines = m_runs.deadlines(m_trace, alignment.vcpuOf);
    std::vector<ClockPiece> pieces;
    const std::vector<ClockPiece> &found = alignment.map.pieces();
    for (std::size_t i = 0; i < found.size(); ++i) {
        const TimeRange within = ownRange(found, i, alignment.overlap);
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

} // namespace exitscope
