// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/map_search.h"

#include <algorithm>

#include "model/clock/coarse_search.h"
#include "model/clock/containment_fit.h"
#include "model/clock/line_search.h"

namespace exitscope {

namespace {

constexpr Ns kDifferent = 5'000'000; // maps so far apart are not one and the same
constexpr std::size_t kRefined = 3; // candidates, for the best map
constexpr double kRival = 0.3; // of the best map's likelihood
constexpr double kAsGood = 20; // ln: less than what makes one map sure against another
constexpr double kWorthRefining = 0.2; // of the best candidate's score
constexpr std::size_t kScanned = 6; // candidates, for the runner-up
constexpr double kMaxFoundDrift = 300e-6; // what searchCoarse() can tell, and its error
constexpr std::size_t kLongSearch = 20'000; // events
constexpr std::size_t kLongSearchBest = 12;
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

double costOf(const ClockMap &map)
{
    double cost = 0;
    for (std::size_t i = 1; i < map.pieces().size(); ++i) {
        const ClockPiece &piece = map.pieces()[i];
        const Ns step = piece.line.toHost(piece.guestFrom) - map.pieces()[i - 1].line.toHost(piece.guestFrom);
        cost += std::abs(step) > kDifferent / 10 ? kJumpCost : kBreakCost;
    }
    return cost;
}

// The best first; but of different maps that fit about as well one that a starting point speaks for.
void sortRefined(std::vector<Refined> &refined)
{
    std::ranges::stable_sort(refined, std::ranges::greater{}, &Refined::likelihood);
    const auto start = std::ranges::find(refined, true, &Refined::isExpected);
    if (start != refined.end() && start->likelihood > refined.front().likelihood - kAsGood
        && apart(start->line, refined.front().line) >= kDifferent)
        std::rotate(refined.begin(), start, start + 1);
}

// The likelihood of the best line that is none of the map's; 0 if there is none.
double runnerUpTo(const ClockMap &map, const std::vector<Refined> &refined)
{
    double runnerUp = 0;
    for (const Refined &other : refined)
        if (std::ranges::all_of(map.pieces(),
                [&](const ClockPiece &piece) { return apart(piece.line, other.line) >= kDifferent; }))
            runnerUp = std::max(runnerUp, other.likelihood);
    return runnerUp;
}

} // namespace

FoundMap findMap(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const std::vector<StartingPoint> &starts)
{
    FoundMap found;
    const CoarseResult coarse = searchCoarse(guest, guestRange, hostRange, {.starts = starts});
    found.gap = 4 * coarse.bin;
    std::vector<Refined> refined;
    for (const CoarseCandidate &candidate : coarse.candidates) {
        if (refined.size() >= kScanned && !candidate.isExpected)
            continue;
        const TimeRange within = overlapOf(ClockMap(candidate.line), guestRange, hostRange);
        const LineSearch search{candidate.line, within, coarse.bin * 3 / 2, kMaxFoundDrift};
        const bool isGood = refined.empty()
            || (refined.size() < kRefined && candidate.score > kWorthRefining * coarse.candidates.front().score);
        const ClockLine line = isGood ? searchLine(guest, search) : scanLine(guest, search);
        refined.push_back(
            {line, containmentOf(guest, ClockMap(line), found.gap).likelihood, candidate.isExpected});
    }
    if (refined.empty())
        return found;
    const ClockLine expected = refined.front().line;
    sortRefined(refined);
    found.map = fitLine(guest, refined.front().line, guestRange);
    found.containment = containmentOf(guest, found.map, found.gap);
    const bool isPromising = coarse.candidates.front().pathScore > kPromising;
    if (found.containment.misfits() > 0 && isPromising) { // it may be one that a longer search would not have taken
        const ClockLine line = found.map.pieces().front().line;
        const TimeRange within = overlapOf(found.map, guestRange, hostRange);
        const ClockLine other
            = searchLine(guest, {line, within, coarse.bin * 3 / 2, kMaxFoundDrift, kLongSearch, kLongSearchBest});
        const ClockMap fitted = fitLine(guest, other, guestRange);
        const Containment containment = containmentOf(guest, fitted, found.gap);
        if (containment.misfits() < found.containment.misfits()
            && containment.contained >= found.containment.contained) {
            found.map = fitted;
            found.containment = containment;
        }
    }
    // No line is good where the rate changed: then that of the best candidate may be worse than one by chance. And
    // where the clock was set anew, each line may be good for a part, with the rest outside the host's recording.
    const bool fits = found.containment.misfits() == 0 && apart(expected, refined.front().line) <= coarse.bin;
    const bool isOnlyOne = found.containment.outside == 0
        || runnerUpTo(found.map, refined) < kRival * found.containment.likelihood;
    if (!(fits && isOnlyOne) && isPromising) {
        const CoarseResult paths = searchCoarse(guest, guestRange, hostRange, {.mayJump = true});
        const ClockMap pieces = fitPieces(guest, found.map, paths, guestRange, hostRange);
        const Containment inPieces = containmentOf(guest, pieces, found.gap);
        if (inPieces.likelihood - costOf(pieces) > found.containment.likelihood) {
            found.map = pieces;
            found.containment = inPieces;
            found.containment.likelihood -= costOf(pieces);
        }
    }
    found.runnerUp = runnerUpTo(found.map, refined);
    return found;
}

} // namespace exitscope
