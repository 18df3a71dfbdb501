// SPDX-License-Identifier: GPL-3.0-or-later
// fitPieces(): clocks that do not stay linear.
#include <algorithm>
#include <cmath>

#include "model/clock/containment_fit.h"
#include "model/clock/line_search.h"

namespace exitscope {

namespace {

constexpr Ns kWindow = 250'000'000; // of local lines
constexpr std::size_t kMostPieces = 16;
constexpr std::size_t kLeastBounds = 12; // of a piece
constexpr int kMostRounds = 8;
constexpr double kMaxLocalDrift = 400e-6;
constexpr double kRateChange = 400e-6; // between neighbouring windows

// A stretch of bounds that one line keeps to: [first, last).
struct Stretch {
    std::size_t first;
    std::size_t last;
};

bool keepsTo(const std::vector<InstantBounds> &bounds, Stretch stretch)
{
    const auto begin = bounds.begin();
    const std::vector<InstantBounds> part(begin + std::ptrdiff_t(stretch.first), begin + std::ptrdiff_t(stretch.last));
    const FeasibleLines lines(part, kMaxClockDrift);
    return !lines.isEmpty() || std::isinf(lines.margin());
}

// How far from `first` on one line keeps to the bounds, up to `limit`.
std::size_t reachOf(const std::vector<InstantBounds> &bounds, std::size_t first, std::size_t limit)
{
    std::size_t good = std::min(first + 1, limit);
    std::size_t step = 16;
    while (good < limit && keepsTo(bounds, {first, std::min(limit, good + step)})) {
        good = std::min(limit, good + step);
        step *= 2;
    }
    std::size_t bad = std::min(limit + 1, good + step);
    while (bad - good > 1) {
        const std::size_t middle = good + (bad - good) / 2;
        (middle <= limit && keepsTo(bounds, {first, middle}) ? good : bad) = middle;
    }
    return good;
}

// As few stretches as can be, each as long as it can be. A single bound that does not fit among its neighbours is taken
// out: an event in the wrong run.
std::vector<Stretch> stretchesOf(std::vector<InstantBounds> &bounds)
{
    std::vector<Stretch> stretches;
    for (std::size_t first = 0; first < bounds.size() && stretches.size() <= kMostPieces;) {
        const std::size_t last = reachOf(bounds, first, bounds.size());
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
std::vector<Stretch> stretchesFromEnd(const std::vector<InstantBounds> &bounds)
{
    // Time reversed, host and guest alike; what was latest is earliest.
    std::vector<InstantBounds> reversed;
    const auto negated = [](Ns t) { return t == kNoTime ? kNoTime : -t; };
    for (auto bound = bounds.rbegin(); bound != bounds.rend(); ++bound)
        reversed.push_back({-bound->guest, negated(bound->latest), negated(bound->earliest)});
    std::vector<Stretch> stretches;
    for (std::size_t first = 0; first < reversed.size() && stretches.size() <= kMostPieces;) {
        const std::size_t last = reachOf(reversed, first, reversed.size());
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
ClockMap piecesOf(std::vector<InstantBounds> bounds)
{
    const std::vector<Stretch> early = stretchesOf(bounds); // breaks as late as can be
    if (early.size() > kMostPieces || early.empty())
        return {};
    std::vector<Stretch> late = stretchesFromEnd(bounds);
    if (late.size() != early.size())
        late = early;
    std::vector<ClockPiece> pieces;
    for (std::size_t k = 0; k < early.size(); ++k) {
        Stretch own{early[k].first, std::max(late[k].last, early[k].first)};
        if (own.last - own.first < 4)
            own = early[k];
        const std::vector<InstantBounds> part(
            bounds.begin() + std::ptrdiff_t(own.first), bounds.begin() + std::ptrdiff_t(own.last));
        pieces.push_back(FeasibleLines(part, kMaxClockDrift).piece());
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
    return ClockMap(std::move(pieces));
}

// A line for each window, looked for where a path, or the line of a neighbour, leads.
class LocalLines {
public:
    LocalLines(const GuestOnVm &guest, TimeRange within, Ns bin) : m_guest(guest), m_within(within), m_bin(bin)
    {
        for (Ns from = within.from; from < within.to; from += kWindow)
            m_windows.push_back({{from, std::min(within.to, from + kWindow)}, {}, -1});
    }

    ClockMap follow(const std::vector<CoarseCandidate::PathPoint> &path);

private:
    struct Window {
        TimeRange range;
        ClockLine line;
        double share; // contained; -1: not looked at yet
    };
    void look(Window &window, const ClockLine &around, Ns reach);

    const GuestOnVm &m_guest;
    TimeRange m_within;
    Ns m_bin;
    std::vector<Window> m_windows;
};

void LocalLines::look(Window &window, const ClockLine &around, Ns reach)
{
    const Ns middle = window.range.from + window.range.length() / 2;
    const FoundLine found = searchLine(m_guest, {around.at(middle), window.range, reach, kMaxLocalDrift, 2000});
    GuestOnVm part;
    const std::vector<std::vector<Ns>> events = thinned(m_guest, window.range, std::size_t(-1));
    for (std::size_t i = 0; i < m_guest.size(); ++i)
        part.push_back({events[i], m_guest[i].runs});
    const Containment containment = containmentOf(part, ClockMap(found.line), 0);
    const double share = containment.known > 0 ? containment.share() : 0;
    if (share > window.share)
        window = {window.range, found.line, share};
}

ClockMap LocalLines::follow(const std::vector<CoarseCandidate::PathPoint> &path)
{
    if (path.empty() || m_windows.empty())
        return {};
    for (Window &window : m_windows) {
        const Ns middle = window.range.from + window.range.length() / 2;
        auto next = std::ranges::upper_bound(path, middle, {}, &CoarseCandidate::PathPoint::guest);
        if (next == path.begin())
            ++next;
        auto from = next - 1;
        if (next == path.end())
            from = next - 1;
        ClockLine around{from->guest, from->host, 0};
        if (next != path.end() && next->guest > from->guest) {
            const double drift
                = double((next->host - from->host) - (next->guest - from->guest)) / double(next->guest - from->guest);
            if (std::abs(drift) < kMaxLocalDrift)
                around.drift = drift;
            else if (middle - from->guest > next->guest - middle)
                around = {next->guest, next->host, 0};
        }
        look(window, around, 4 * m_bin);
    }
    // From the best window on to both sides: a neighbour's line, with a change of rate, leads on.
    const auto best = std::ranges::max_element(m_windows, {}, &Window::share) - m_windows.begin();
    const Ns reach = Ns(kRateChange * double(kWindow));
    for (auto w = best + 1; w < std::ptrdiff_t(m_windows.size()); ++w)
        if (m_windows[std::size_t(w)].share < 0.999)
            look(m_windows[std::size_t(w)], m_windows[std::size_t(w - 1)].line, reach);
    for (auto w = best; w-- > 0;)
        if (m_windows[std::size_t(w)].share < 0.999)
            look(m_windows[std::size_t(w)], m_windows[std::size_t(w + 1)].line, reach);
    std::vector<ClockPiece> pieces;
    for (const Window &window : m_windows)
        pieces.push_back({window.line, pieces.empty() ? kNoTime : window.range.from, {kNoTime, kNoTime}, {}});
    return ClockMap(std::move(pieces));
}

} // namespace

ClockMap fitPieces(const GuestOnVm &guest, const ClockMap &line, const CoarseResult &paths, TimeRange within)
{
    if (paths.candidates.empty())
        return line;
    const auto path = std::ranges::max_element(paths.candidates, {}, &CoarseCandidate::pathScore);
    ClockMap best = line;
    std::int64_t fewestMisfits = containmentOf(guest, line, 0).misfits();
    std::int64_t mostContained = containmentOf(guest, line, 0).contained;
    ClockMap map = LocalLines(guest, within, paths.bin).follow(path->path);
    const TimeRange always{kNoTime + 1, kEndOfRecording};
    for (int round = 0; round < kMostRounds && !map.isEmpty() && fewestMisfits > 0; ++round) {
        map = piecesOf(boundsOfContained(guest, map, always));
        if (map.isEmpty())
            break;
        const Containment now = containmentOf(guest, map, 0);
        const bool isBetter = now.misfits() < fewestMisfits && now.contained >= mostContained;
        if (!isBetter && round > 1)
            break;
        if (isBetter) {
            best = map;
            fewestMisfits = now.misfits();
            mostContained = now.contained;
        }
    }
    return best;
}

} // namespace exitscope
