// SPDX-License-Identifier: GPL-3.0-or-later
// fitPieces(): clocks that do not stay linear.
#include <algorithm>
#include <cmath>
#include <span>

#include "model/clock/search/containment_fit.h"
#include "model/clock/search/local_lines.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostPieces = 16;
constexpr std::size_t kLeastBounds = 12; // of a piece
constexpr int kMostPieceRounds = 6;
constexpr double kCostOfBreak = 25; // ln: an event here or there is no reason to break a line
constexpr double kCostOfJump = 400; // and a good many none to set a clock anew
constexpr Ns kJump = 20'000;
constexpr std::size_t kMostPieceEvents = 400'000; // that tell where breaks are; all of them narrow the pieces
constexpr std::size_t kEventsAtOnce = 1 << 14;

// A stretch of bounds that one line keeps to: [first, last).
struct Stretch {
    std::size_t first;
    std::size_t last;
};

std::span<const InstantBounds> partOf(const std::vector<InstantBounds> &bounds, Stretch stretch)
{
    return std::span(bounds).subspan(stretch.first, stretch.last - stretch.first);
}

bool keepsTo(const std::vector<InstantBounds> &bounds, Stretch stretch)
{
    const FeasibleLines lines(partOf(bounds, stretch), kMaxClockDrift);
    return !lines.isEmpty() || std::isinf(lines.margin());
}

// How far from `first` on one line keeps to the bounds, up to `limit`.
std::size_t reachOf(
    const std::vector<InstantBounds> &bounds, std::size_t first, std::size_t limit, const SearchBudget &budget)
{
    std::size_t good = std::min(first + 1, limit);
    std::size_t step = 16;
    while (good < limit && !budget.hasEnded() && keepsTo(bounds, {first, std::min(limit, good + step)})) {
        good = std::min(limit, good + step);
        step *= 2;
    }
    std::size_t bad = std::min(limit + 1, good + step);
    while (bad - good > 1 && !budget.hasEnded()) {
        const std::size_t middle = good + (bad - good) / 2;
        (middle <= limit && keepsTo(bounds, {first, middle}) ? good : bad) = middle;
    }
    return good;
}

// As few stretches as can be, each as long as it can be. A single bound that does not fit among its neighbours is taken
// out: an event in the wrong run.
std::vector<Stretch> stretchesOf(std::vector<InstantBounds> &bounds, const SearchBudget &budget)
{
    std::vector<Stretch> stretches;
    for (std::size_t first = 0; first < bounds.size() && stretches.size() <= kMostPieces && !budget.hasEnded();) {
        const std::size_t last = reachOf(bounds, first, bounds.size(), budget);
        if (last < bounds.size()) {
            std::vector<InstantBounds> without(bounds.begin() + std::ptrdiff_t(first),
                bounds.begin() + std::ptrdiff_t(std::min(bounds.size(), last + 1 + kLeastBounds)));
            without.erase(without.begin() + std::ptrdiff_t(last - first));
            if (keepsTo(without, {0, without.size()})) {
                bounds.erase(bounds.begin() + std::ptrdiff_t(last));
                continue; // the same stretch again, without it
            }
        }
        stretches.push_back({first, last});
        first = last;
    }
    return stretches;
}

// The same from the end on: each begins as early as it can.
std::vector<Stretch> stretchesFromEnd(const std::vector<InstantBounds> &bounds, const SearchBudget &budget)
{
    // Time reversed, host and guest alike; what was latest is earliest.
    std::vector<InstantBounds> reversed;
    const auto negated = [](Ns t) { return t == kNoTime ? kNoTime : -t; };
    for (auto bound = bounds.rbegin(); bound != bounds.rend(); ++bound)
        reversed.push_back({-bound->guest, negated(bound->latest), negated(bound->earliest)});
    std::vector<Stretch> stretches;
    for (std::size_t first = 0; first < reversed.size() && stretches.size() <= kMostPieces && !budget.hasEnded();) {
        const std::size_t last = reachOf(reversed, first, reversed.size(), budget);
        stretches.push_back({reversed.size() - last, reversed.size() - first});
        first = last;
    }
    std::ranges::reverse(stretches);
    return stretches;
}

// Where two lines meet, if that is within the range; else its middle.
Ns breakBetween(const ClockLine &a, const ClockLine &b, TimeRange within)
{
    const Ns middle = within.from + within.length() / 2;
    const double gap = double(b.toHost(middle) - a.toHost(middle));
    const double turn = b.drift - a.drift;
    if (turn == 0)
        return middle;
    const double meet = -gap / turn;
    return std::abs(meet) <= double(within.length()) / 2 ? middle + Ns(std::llround(meet)) : middle;
}

// Pieces of lines that are certain, each by the bounds that are surely its own, and the breaks between them.
ClockMap piecesOf(std::vector<InstantBounds> bounds, const SearchBudget &budget)
{
    const std::vector<Stretch> early = stretchesOf(bounds, budget); // breaks as late as can be
    if (early.size() > kMostPieces || early.empty())
        return {};
    std::vector<Stretch> late = stretchesFromEnd(bounds, budget);
    if (budget.hasEnded())
        return {};
    if (late.size() != early.size())
        late = early;
    std::vector<ClockPiece> pieces;
    for (std::size_t k = 0; k < early.size(); ++k) {
        Stretch own{early[k].first, std::max(late[k].last, early[k].first)};
        if (own.last - own.first < 4)
            own = early[k];
        pieces.push_back(FeasibleLines(partOf(bounds, own), kMaxClockDrift).piece());
    }
    for (std::size_t k = 1; k < pieces.size(); ++k) {
        // The last that is surely of the piece before, and the first that surely is not.
        const std::size_t before = late[k].first > 0 ? late[k].first - 1 : 0;
        const TimeRange within{
            std::min(bounds[before].guest, bounds[early[k].first].guest), bounds[early[k].first].guest};
        pieces[k].breakWithin = within;
        pieces[k].guestFrom = breakBetween(pieces[k - 1].line, pieces[k].line, within);
    }
    for (std::size_t k = 1; k < pieces.size(); ++k)
        pieces[k].guestFrom = std::max(pieces[k].guestFrom, pieces[k - 1].guestFrom);
    for (std::size_t k = pieces.size(); k-- > 1;) // one that would end where it begins is none
        if (pieces[k].guestFrom == pieces[k - 1].guestFrom)
            pieces.erase(pieces.begin() + std::ptrdiff_t(k) - 1);
    return ClockMap(std::move(pieces));
}

// The events, and under which of the lines they are best contained in order: a path that changes from line to line as
// seldom as pays. The pieces of the lines that it takes, each with the time of its first event.
class BreakSearch {
public:
    BreakSearch(const GuestOnVm &guest, const SearchBudget &budget);
    ClockMap pieces(const ClockMap &lines) const;

private:
    std::vector<std::vector<float>> weigh(const std::vector<ClockPiece> &lines) const;

    const GuestOnVm &m_guest;
    const SearchBudget &m_budget;
    std::vector<std::pair<Ns, std::uint32_t>> m_order; // of all events, and its place among those
    std::vector<std::size_t> m_firstOf; // place of each pair's first event
};

BreakSearch::BreakSearch(const GuestOnVm &guest, const SearchBudget &budget) : m_guest(guest), m_budget(budget)
{
    for (const EventsOnRuns &pair : guest) {
        m_firstOf.push_back(m_order.size());
        for (const Ns event : pair.events)
            m_order.emplace_back(event, std::uint32_t(m_order.size()));
    }
    std::ranges::sort(m_order);
}

std::vector<std::vector<float>> BreakSearch::weigh(const std::vector<ClockPiece> &lines) const
{
    std::vector<std::vector<float>> all;
    for (const ClockPiece &piece : lines) {
        if (m_budget.hasEnded())
            return {};
        std::vector<float> &weights = all.emplace_back(m_order.size());
        for (std::size_t p = 0; p < m_guest.size(); ++p) {
            const EventWeights own = weightsOf(*m_guest[p].runs);
            RunCursor cursor(*m_guest[p].runs);
            for (std::size_t i = 0; i < m_guest[p].events.size(); ++i) {
                const HostKnows knows = cursor.at(piece.line.toHost(m_guest[p].events[i]));
                const double weight = knows == HostKnows::Nothing ? 0 : knows == HostKnows::Guest ? own.in : own.out;
                weights[m_firstOf[p] + i] = float(weight);
            }
        }
    }
    return all;
}

ClockMap BreakSearch::pieces(const ClockMap &map) const
{
    const std::vector<ClockPiece> &lines = map.pieces();
    const std::vector<std::vector<float>> weights = weigh(lines);
    if (weights.size() < lines.size())
        return {};
    const std::size_t count = lines.size();
    std::vector<double> score(count, 0);
    std::vector<std::uint8_t> cameFrom(m_order.size() * count);
    std::vector<double> before;
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        if (i % kEventsAtOnce == 0 && m_budget.hasEnded())
            return {};
        before = score;
        const auto [event, place] = m_order[i];
        for (std::size_t k = 0; k < count; ++k) {
            std::size_t from = k;
            for (std::size_t j = 0; j < count; ++j) {
                if (before[j] - kCostOfBreak <= score[k])
                    continue;
                const bool jumps = std::abs(lines[j].line.toHost(event) - lines[k].line.toHost(event)) > kJump;
                const double changed = before[j] - (jumps ? kCostOfJump : kCostOfBreak);
                if (changed > score[k]) {
                    score[k] = changed;
                    from = j;
                }
            }
            cameFrom[i * count + k] = std::uint8_t(from);
            score[k] += double(weights[k][place]);
        }
    }
    auto at = std::size_t(std::ranges::max_element(score) - score.begin());
    std::vector<ClockPiece> pieces;
    for (std::size_t i = m_order.size(); i-- > 0;) {
        const std::size_t from = cameFrom[i * count + at];
        if (from != at || i == 0)
            pieces.push_back({lines[at].line, i == 0 ? kNoTime : m_order[i].first, {kNoTime, kNoTime}, {}});
        at = from;
    }
    std::ranges::reverse(pieces);
    return ClockMap(std::move(pieces));
}

// Each piece's line anew, by what it contains.
ClockMap refitted(const GuestOnVm &guest, const ClockMap &map, const SearchBudget &budget)
{
    std::vector<ClockPiece> pieces = map.pieces();
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        const Ns from = k == 0 ? kNoTime + 1 : pieces[k].guestFrom;
        const Ns to = k + 1 < pieces.size() ? pieces[k + 1].guestFrom - 1 : kEndOfRecording;
        const FeasibleLines lines(boundsOfContained(guest, map, {from, to}, budget), kMaxClockDrift);
        if (!lines.isEmpty())
            pieces[k].line = lines.widestMargin();
    }
    return ClockMap(std::move(pieces));
}

} // namespace

ClockMap fitPieces(const GuestOnVm &guest, const ClockMap &line, const CoarseResult &paths, TimeRange guestRange,
    TimeRange hostRange, const SearchBudget &budget)
{
    if (paths.candidates.empty())
        return line;
    const auto path = std::ranges::max_element(paths.candidates, {}, &CoarseCandidate::pathScore);
    TimeRange within = overlapOf(ClockMap(path->line), guestRange, hostRange);
    for (const CoarseCandidate::PathPoint &point : path->path) // after a jump the line may be far from the path
        if (hostRange.contains(point.host))
            within = {std::min(within.from, point.guest), std::max(within.to, point.guest)};
    ClockMap map = LocalLines(guest, within, paths.bin, budget).follow(path->path);
    if (map.isEmpty() || map.pieces().size() > 2 * kMostPieces)
        return line;
    const ThinnedGuest some(guest, {kNoTime + 1, kEndOfRecording}, kMostPieceEvents);
    const BreakSearch breaks(some.pairs(), budget);
    std::int64_t most = -1;
    ClockMap best = map;
    for (int round = 0; round < kMostPieceRounds; ++round) {
        map = refitted(guest, breaks.pieces(map), budget);
        if (budget.hasEnded())
            return line;
        const Containment now = containmentOf(guest, map, 0, budget);
        if (now.contained - now.misfits() <= most)
            break;
        most = now.contained - now.misfits();
        best = map;
    }
    const TimeRange always{kNoTime + 1, kEndOfRecording};
    const ClockMap proven = piecesOf(boundsOfContained(guest, best, always, budget), budget);
    return proven.isEmpty() ? line : proven;
}

} // namespace exitscope
