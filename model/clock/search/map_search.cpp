// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/map_search.h"

#include <algorithm>

#include "model/clock/search/coarse_search.h"
#include "model/clock/search/containment_fit.h"
#include "model/clock/search/line_search.h"
#include "model/clock/search/region_search.h"

namespace exitscope {

namespace {

constexpr Ns kDifferent = 5'000'000; // maps so far apart are not one and the same
constexpr std::size_t kRefined = 3; // candidates, for the best map
constexpr double kRival = 0.3; // of the best map's likelihood
constexpr double kAsGood = 20; // ln: less than what makes one map sure against another
constexpr double kWorthRefining = 0.2; // of the best candidate's score
constexpr double kPoor = 0.25; // of it, and far from what chance gives: no rival
constexpr std::size_t kWeighed = 50'000; // events
constexpr std::int64_t kLeastToFit = 1000; // events: so many are contained under a line that is right, and no other
constexpr double kGoodShare = 0.98;
constexpr double kFits = 0.95; // of a map that is worth a closer look
constexpr std::size_t kScanned = 6; // candidates, for the runner-up
constexpr double kMaxFoundDrift = 300e-6; // what searchCoarse() can tell, and its error
constexpr double kPromising = 150; // ln: a path that scores less is there by chance
constexpr double kBreakCost = 15; // ln: each piece more could be made to fit by chance
constexpr double kJumpCost = 40;

struct Refined {
    ClockLine line;
    double likelihood;
    bool isExpected; // by a starting point
};

Ns apart(const ClockLine &a, const ClockLine &b)
{
    return std::abs(a.toHost(b.referenceGuest) - b.hostAtReference);
}

bool isOther(const ClockLine &line, const ClockMap &map)
{
    return std::ranges::all_of(
        map.pieces(), [&](const ClockPiece &piece) { return apart(piece.line, line) >= kDifferent; });
}

ClockLine lineOf(const ClockMap &map, const ClockLine &otherwise)
{
    return map.isEmpty() ? otherwise : map.pieces().front().line;
}

double costOf(const ClockMap &map)
{
    double cost = 0;
    for (std::size_t i = 1; i < map.pieces().size(); ++i)
        cost += map.isStep(i) ? kJumpCost : kBreakCost;
    return cost;
}

class MapSearch {
public:
    MapSearch(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const SearchBudget &budget)
        : m_guest(guest), m_some(guest, {kNoTime + 1, kEndOfRecording}, kWeighed), m_guestRange(guestRange),
          m_hostRange(hostRange), m_budget(budget)
    {
    }

    FoundMap find(const std::vector<StartingPoint> &starts);

private:
    void refine();
    void sortRefined();
    Containment containment(const ClockMap &map) const;
    ClockMap fitted(const ClockLine &line) const;
    LineSearch around(const ClockLine &line) const;
    double runnerUpTo(const FoundMap &found) const;
    void findRegions(FoundMap &found) const;
    void tryPieces(FoundMap &found) const;

    const GuestOnVm &m_guest;
    ThinnedGuest m_some; // decide on likelihoods; the rest only narrows the map
    TimeRange m_guestRange, m_hostRange;
    const SearchBudget &m_budget;
    CoarseResult m_coarse;
    Ns m_gap = 0;
    std::vector<ClockLine> m_tried; // of the candidates
    std::vector<Refined> m_refined;
    std::vector<Refined> m_poor; // not worth it: with what a path gives them at the most
};

LineSearch MapSearch::around(const ClockLine &line) const
{
    return {line, overlapOf(ClockMap(line), m_guestRange, m_hostRange), m_coarse.bin * 3 / 2, kMaxFoundDrift};
}

// Counts all events; the likelihood is of some.
Containment MapSearch::containment(const ClockMap &map) const
{
    Containment all = containmentOf(m_guest, map, m_gap, m_budget);
    if (!m_some.isAll())
        all.likelihood = containmentOf(m_some.pairs(), map, m_gap, m_budget).likelihood;
    return all;
}

ClockMap MapSearch::fitted(const ClockLine &line) const
{
    if (m_some.isAll())
        return fitLine(m_guest, line, m_guestRange, m_budget);
    const ClockMap rough = fitLine(m_some.pairs(), line, m_guestRange, m_budget);
    return fitLine(m_guest, lineOf(rough, line), m_guestRange, m_budget);
}

void MapSearch::refine()
{
    const CoarseCandidate &best = m_coarse.candidates.front();
    const double most = std::max(best.score, best.pathScore);
    bool fits = false; // the first of them
    for (const CoarseCandidate &candidate : m_coarse.candidates) {
        if (m_budget.hasEnded())
            return;
        const auto isNear = [&](Ns distance) {
            return std::ranges::any_of(
                m_tried, [&](const ClockLine &line) { return apart(line, candidate.line) < distance; });
        };
        const bool isSame = isNear(fits ? kDifferent : m_coarse.bin / 2); // and it would be found no better
        if (isSame || (m_refined.size() >= kScanned && !candidate.isExpected))
            continue;
        const double share = most > 0 ? std::max(candidate.score, candidate.pathScore) / most : 1;
        if (share < kPoor && most > kPromising) {
            m_poor.push_back({candidate.line, share * m_refined.front().likelihood, false});
            continue;
        }
        m_tried.push_back(candidate.line);
        const LineSearch search = around(candidate.line);
        const bool isGood
            = m_refined.empty() || (m_refined.size() < kRefined && candidate.score > kWorthRefining * best.score);
        ClockLine line
            = isGood ? searchLine(m_some.pairs(), search, m_budget) : scanLine(m_some.pairs(), search, m_budget);
        if (isGood && !m_some.isAll()) // on a long trace a line has to be exact to be good
            line = lineOf(fitLine(m_some.pairs(), line, m_guestRange, m_budget), line);
        const Containment now = containmentOf(m_some.pairs(), ClockMap(line), m_gap);
        m_refined.push_back({line, now.likelihood, candidate.isExpected});
        if (m_refined.size() == 1)
            fits = now.known >= kLeastToFit && now.share() >= kGoodShare;
    }
}

// The best first; but of different maps that fit about as well one that a starting point speaks for.
void MapSearch::sortRefined()
{
    std::ranges::stable_sort(m_refined, std::ranges::greater{}, &Refined::likelihood);
    const auto start = std::ranges::find(m_refined, true, &Refined::isExpected);
    if (start != m_refined.end() && start->likelihood > m_refined.front().likelihood - kAsGood
        && apart(start->line, m_refined.front().line) >= kDifferent)
        std::rotate(m_refined.begin(), start, start + 1);
}

// The likelihood of the best line that is none of the map's; 0 if there is none.
double MapSearch::runnerUpTo(const FoundMap &found) const
{
    double runnerUp = 0;
    for (const auto *lines : {&m_refined, &m_poor})
        for (const Refined &other : *lines)
            if (isOther(other.line, found.map))
                runnerUp = std::max(runnerUp, other.likelihood);
    return runnerUp;
}

// All that are near; among them may be one that fits better.
void MapSearch::findRegions(FoundMap &found) const
{
    const ClockPiece &piece = found.map.pieces().front();
    RegionSearch search{piece.line, overlapOf(found.map, m_guestRange, m_hostRange)};
    search.fitted = piece;
    found.regions = searchRegions(m_guest, search, m_budget);
    if (found.regions.size() == 0 || found.regions.misfits() >= found.containment.misfits())
        return;
    const ClockMap other(std::vector<ClockPiece>{found.regions.regions.front().piece});
    const Containment now = containment(other);
    // Fewer misfits are no merit of a line that leads events out of the recording.
    if (now.contained - now.misfits() <= found.containment.contained - found.containment.misfits())
        return;
    found.map = other;
    found.containment = now;
}

void MapSearch::tryPieces(FoundMap &found) const
{
    // A clock that was set by more than the host's recording lasts leads out of it in any case.
    const Ns around = m_hostRange.length();
    const TimeRange met = overlapOf(found.map, m_guestRange, m_hostRange);
    const TimeRange range{
        std::max(m_guestRange.from, met.from - 2 * around), std::min(m_guestRange.to, met.to + 2 * around)};
    if (range.to <= range.from)
        return;
    const CoarseResult paths = searchCoarse(m_guest, range, m_hostRange, {.mayJump = true}, m_budget);
    const ClockMap pieces = fitPieces(m_guest, found.map, paths, range, m_hostRange, m_budget);
    Containment now = containment(pieces);
    now.likelihood -= costOf(pieces);
    if (now.likelihood > found.containment.likelihood) {
        found.map = pieces;
        found.containment = now;
        found.regions = {};
        if (pieces.pieces().size() == 1)
            findRegions(found);
    }
}

FoundMap MapSearch::find(const std::vector<StartingPoint> &starts)
{
    FoundMap found;
    m_coarse = searchCoarse(m_guest, m_guestRange, m_hostRange, {.starts = starts}, m_budget);
    found.gap = m_gap = 4 * m_coarse.bin;
    if (m_coarse.candidates.empty())
        return found;
    refine();
    if (m_budget.hasEnded())
        return found;
    const ClockLine expected = m_refined.front().line;
    sortRefined();
    found.map = fitted(m_refined.front().line);
    found.containment = containment(found.map);
    if (m_budget.hasEnded())
        return {};
    const bool isPromising = m_coarse.candidates.front().pathScore > kPromising;
    if (isPromising || found.containment.share() >= kFits)
        findRegions(found);
    if (m_budget.hasEnded())
        return {};
    // No line is good where the rate changed: then that of the best candidate may be worse than one by chance. And
    // where the clock was set anew, each line may be good for a part, with the rest outside the host's recording.
    const bool fits = found.containment.misfits() == 0 && apart(expected, m_refined.front().line) <= m_coarse.bin;
    const bool isOnlyOne = found.containment.outside == 0 || runnerUpTo(found) < kRival * found.containment.likelihood;
    if (!(fits && isOnlyOne) && isPromising)
        tryPieces(found);
    found.runnerUp = runnerUpTo(found);
    return found;
}

} // namespace

FoundMap findMap(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const std::vector<StartingPoint> &starts, const SearchBudget &budget)
{
    return MapSearch(guest, guestRange, hostRange, budget).find(starts);
}

} // namespace exitscope
