// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/local_lines.h"

#include <algorithm>
#include <cmath>

#include "model/clock/search/containment_fit.h"
#include "model/clock/search/line_search.h"

namespace exitscope {

namespace {

constexpr Ns kWindow = 250'000'000;
constexpr double kMaxLocalDrift = 400e-6;
constexpr double kRateChange = 400e-6; // between neighbouring windows
constexpr std::size_t kLeastEvents = 60; // of a window
constexpr double kGoodFit = 0.9; // the share contained in a window that was found

std::size_t eventsIn(const GuestOnVm &guest, TimeRange range)
{
    std::size_t count = 0;
    for (const EventsOnRuns &pair : guest)
        count += std::size_t(
            std::ranges::lower_bound(pair.events, range.to) - std::ranges::lower_bound(pair.events, range.from));
    return count;
}

} // namespace

// Windows without much in them become part of the one before.
LocalLines::LocalLines(const GuestOnVm &guest, TimeRange within, Ns bin, const SearchBudget &budget)
    : m_guest(guest), m_budget(budget), m_bin(bin)
{
    for (Ns from = within.from; from < within.to; from += kWindow) {
        const TimeRange range{from, std::min(within.to, from + kWindow)};
        if (m_windows.empty() || eventsIn(guest, range) >= kLeastEvents)
            m_windows.push_back({range, {}, {}});
        else
            m_windows.back().range.to = range.to;
    }
}

void LocalLines::look(Window &window, const ClockLine &around, Ns reach) const
{
    if (m_budget.hasEnded())
        return;
    const Ns middle = window.range.from + window.range.length() / 2;
    const ClockLine line = searchLine(m_guest, {around.at(middle), window.range, reach, kMaxLocalDrift}, m_budget);
    GuestOnVm part;
    for (const EventsOnRuns &pair : m_guest) {
        const auto first = std::ranges::lower_bound(pair.events, window.range.from);
        part.push_back({{first, std::lower_bound(first, pair.events.end(), window.range.to)}, pair.runs});
    }
    const Containment fit = containmentOf(part, ClockMap(line), 0);
    if (!window.isFound || fit.likelihood > window.fit.likelihood)
        window = {window.range, line, fit, true};
}

void LocalLines::lookByPath(Window &window, const std::vector<CoarseCandidate::PathPoint> &path) const
{
    const Ns middle = window.range.from + window.range.length() / 2;
    const auto next = std::ranges::upper_bound(path, middle, {}, &CoarseCandidate::PathPoint::guest);
    const auto from = next == path.begin() ? next : next - 1;
    ClockLine around{from->guest, from->host, 0};
    if (next != path.end() && next != from) {
        const auto apart = double(next->guest - from->guest);
        const double drift = double((next->host - from->host) - (next->guest - from->guest)) / apart;
        if (std::abs(drift) < kMaxLocalDrift)
            around.drift = drift;
        else if (middle - from->guest > next->guest - middle) // the clock was set anew between them
            around = {next->guest, next->host, 0};
    }
    look(window, around, 2 * m_bin);
}

// A change of rate within a window moves the next one by so much at the most.
void LocalLines::lead(const Window &from, Window &to, const std::vector<CoarseCandidate::PathPoint> &path) const
{
    const Ns apart = std::abs((to.range.from - from.range.from) + (to.range.to - from.range.to)) / 2;
    look(to, from.line, Ns(kRateChange * double(apart)));
    if (to.fit.share() < kGoodFit)
        lookByPath(to, path);
}

ClockMap LocalLines::follow(const std::vector<CoarseCandidate::PathPoint> &path)
{
    if (path.empty() || m_windows.empty())
        return {};
    for (Window &window : m_windows)
        lookByPath(window, path);
    const auto best = std::ranges::max_element(m_windows, {}, [](const Window &window) {
        return window.fit.likelihood;
    }) - m_windows.begin();
    for (auto w = std::size_t(best) + 1; w < m_windows.size(); ++w)
        lead(m_windows[w - 1], m_windows[w], path);
    for (auto w = std::size_t(best); w-- > 0;)
        lead(m_windows[w + 1], m_windows[w], path);
    return ClockMap(merged());
}

// Neighbours that lead to each other are one piece, with the line that keeps to all their events if there is one.
std::vector<ClockPiece> LocalLines::merged() const
{
    Ns run = 0;
    for (const EventsOnRuns &pair : m_guest)
        run = std::max(run, pair.runs->medianRun());
    std::vector<ClockPiece> pieces;
    std::vector<InstantBounds> bounds; // of the last piece
    for (const Window &window : m_windows) {
        if (m_budget.hasEnded())
            return {};
        if (window.fit.known == 0 || window.fit.share() < kGoodFit)
            continue; // a change within it; the pieces around tell
        const std::vector<InstantBounds> own = boundsOfContained(m_guest, ClockMap(window.line), window.range);
        const Ns middle = window.range.from + window.range.length() / 2;
        if (!pieces.empty() && std::abs(pieces.back().line.toHost(middle) - window.line.toHost(middle)) <= run / 2) {
            std::vector<InstantBounds> both = bounds;
            both.insert(both.end(), own.begin(), own.end());
            const FeasibleLines lines(both, kMaxClockDrift);
            if (!lines.isEmpty()) {
                bounds = std::move(both);
                pieces.back().line = lines.widestMargin();
                continue;
            }
        }
        bounds = own;
        pieces.push_back({window.line, pieces.empty() ? kNoTime : window.range.from, {kNoTime, kNoTime}, {}});
    }
    return pieces;
}

} // namespace exitscope
