// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/coarse_pass.h"

#include <algorithm>
#include <cmath>

#include "model/clock/search/lag_paths.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

using Signed = std::ptrdiff_t;

constexpr std::size_t kFewWindows = 4;
constexpr std::size_t kEnoughBursts = 6000; // to tell the true map from all others, by far
constexpr Ns kApart = 1'000'000; // between candidates
constexpr double kMaxDrift = 200e-6;
constexpr float kJumpPenalty = 25; // ln: a clock that was set anew, one lag of very many

class CoarsePass {
public:
    CoarsePass(const GuestOnVm &guest, TimeRange guestRange, const HostSignals &host, const CoarseOptions &options,
        bool isThorough);
    CoarseResult search(const SearchBudget &budget);

private:
    void chooseWindows();
    LagPaths followPaths(const SearchBudget &budget) const;
    std::vector<Signed> topEnds() const;
    std::vector<Signed> expectedEnds() const;
    CoarseCandidate candidate(Signed end) const;
    double lineScore(double lag, double binsPerBin) const;
    Signed stepsBefore(std::size_t window) const; // bins that the lag may change from the window before
    // Lags are the host bin of the guest's begin; the paths' begin where the guest ends with the host's begin.
    float scoreAt(std::size_t window, Signed lag) const { return m_paths->scoreAt(window, lag + m_guestBins); }

    const GuestOnVm &m_guest;
    const HostSignals &m_host;
    TimeRange m_guestRange, m_hostRange;
    const CoarseOptions &m_options;
    bool m_isThorough;
    Ns m_bin;
    Signed m_hostBins, m_guestBins, m_windowBins;
    std::vector<Signed> m_at; // of each window, bins from the guest's begin
    std::vector<HostSignals::Window> m_windows;
    std::optional<LagPaths> m_paths;
};

CoarsePass::CoarsePass(const GuestOnVm &guest, TimeRange guestRange, const HostSignals &host,
    const CoarseOptions &options, bool isThorough)
    : m_guest(guest), m_host(host), m_guestRange(guestRange), m_hostRange(host.hostRange()), m_options(options),
      m_isThorough(isThorough || options.mayJump), m_bin(host.bin()), m_hostBins(m_hostRange.length() / m_bin + 1),
      m_guestBins(guestRange.length() / m_bin + 1), m_windowBins(host.windowBins())
{
}

CoarseResult CoarsePass::search(const SearchBudget &budget)
{
    CoarseResult result;
    result.bin = m_bin;
    chooseWindows();
    if (m_windows.empty())
        return result;
    for (std::size_t w = 0; w < m_windows.size() && !budget.hasEnded(); w += 2)
        m_host.correlate(m_windows[w], w + 1 < m_windows.size() ? &m_windows[w + 1] : nullptr, budget);
    if (budget.hasEnded())
        return result;
    m_paths = followPaths(budget);
    if (budget.hasEnded())
        return result;
    std::vector<Signed> ends = topEnds();
    const std::vector<Signed> expected = expectedEnds();
    for (const Signed end : expected)
        if (std::ranges::find(ends, end) == ends.end())
            ends.push_back(end);
    for (const Signed end : ends) {
        if (budget.hasEnded())
            break;
        result.candidates.push_back(candidate(end));
        result.candidates.back().isExpected = std::ranges::find(expected, end) != expected.end();
    }
    return result;
}

// The windows of the whole recording; of a long one, of each of some equal parts the one with most bursts of events: of
// as few parts as hold enough of them, and of many where the rate may have changed.
void CoarsePass::chooseWindows()
{
    const auto count = std::size_t((m_guestBins + m_windowBins - 1) / m_windowBins);
    std::vector<std::size_t> bursts(count);
    for (const EventsOnRuns &pair : m_guest) {
        Ns until = kNoTime; // the bin of the event before
        const auto begin = std::ranges::lower_bound(pair.events, m_guestRange.from);
        const auto end = std::upper_bound(begin, pair.events.end(), m_guestRange.to);
        for (const Ns event : std::span(begin, end)) {
            if (event < until)
                continue;
            const Signed bin = (event - m_guestRange.from) / m_bin;
            ++bursts[std::size_t(bin / m_windowBins)];
            until = m_guestRange.from + (bin + 1) * m_bin;
        }
    }
    // Of a guest that is longer than the host's recording some windows lie beside it.
    const std::size_t few = kFewWindows * std::size_t(m_guestBins) / std::size_t(m_hostBins) + 1;
    const bool isLong = count > kMostCoarseWindows && !m_isThorough;
    for (std::size_t parts = isLong ? std::max(kFewWindows, few) : kMostCoarseWindows;; parts *= 2) {
        parts = std::min({parts, count, kMostCoarseWindows});
        std::size_t found = 0;
        m_windows.clear();
        m_at.clear();
        for (std::size_t part = 0; part < parts; ++part) {
            const auto first = bursts.begin() + Signed(part * count / parts);
            const auto best = std::max_element(first, bursts.begin() + Signed((part + 1) * count / parts));
            if (*best > 0) {
                m_at.push_back((best - bursts.begin()) * m_windowBins);
                m_windows.push_back({m_guestRange.from + m_at.back() * m_bin, {}});
            }
            found += *best;
        }
        if (found >= kEnoughBursts || parts == std::min(count, kMostCoarseWindows))
            return;
    }
}

Signed CoarsePass::stepsBefore(std::size_t window) const
{
    const auto apart = double(m_at[window] - m_at[window - 1]);
    return std::min<Signed>(Signed(std::ceil(apart * kMaxDrift)) + 1, 200);
}

LagPaths CoarsePass::followPaths(const SearchBudget &budget) const
{
    std::vector<LagPaths::Window> windows;
    for (std::size_t w = 0; w < m_windows.size(); ++w)
        windows.push_back(
            {&m_windows[w].score, m_guestBins - m_at[w] - m_windowBins, w == 0 ? Signed(0) : stepsBefore(w)});
    LagPaths paths(std::move(windows), std::size_t(m_guestBins + m_hostBins),
        m_options.mayJump ? std::optional(kJumpPenalty) : std::nullopt);
    paths.follow(budget);
    return paths;
}

// The ends of the best paths, kApart from each other.
std::vector<Signed> CoarsePass::topEnds() const
{
    const Signed apart = std::max<Signed>(1, kApart / m_bin);
    const std::vector<float> &scores = m_paths->scores();
    std::vector<Signed> ends;
    for (Signed from = 0; from < Signed(scores.size()); from += apart) {
        const auto first = scores.begin() + from;
        ends.push_back(std::max_element(first, first + std::min(apart, Signed(scores.size()) - from)) - scores.begin());
    }
    std::ranges::stable_sort(ends, std::ranges::greater{}, [&](Signed end) { return scores[std::size_t(end)]; });
    std::vector<Signed> chosen;
    for (const Signed end : ends) {
        if (chosen.size() == kMostCoarseCandidates)
            break;
        if (std::ranges::none_of(chosen, [&](Signed other) { return std::abs(other - end) < apart; }))
            chosen.push_back(end);
    }
    return chosen;
}

// The end of the best path near each starting point.
std::vector<Signed> CoarsePass::expectedEnds() const
{
    const std::vector<float> &scores = m_paths->scores();
    std::vector<Signed> ends;
    for (const StartingPoint &start : m_options.starts) {
        const Ns earlier = elapsed(m_guestRange.from, start.guest);
        const auto index = [&](Ns host) {
            const Ns bin = elapsed(m_hostRange.from, elapsed(earlier, host)) / m_bin + m_guestBins;
            return scores.begin() + std::clamp<Ns>(bin, 0, Ns(scores.size()));
        };
        const auto first = index(start.host.from);
        const auto last = index(start.host.to);
        if (first < last)
            ends.push_back(std::max_element(first, last) - scores.begin());
    }
    return ends;
}

double CoarsePass::lineScore(double lag, double binsPerBin) const
{
    double sum = 0;
    for (std::size_t w = 0; w < m_windows.size(); ++w)
        sum += double(scoreAt(w, Signed(std::lround(lag + binsPerBin * double(m_at[w])))));
    return sum;
}

CoarseCandidate CoarsePass::candidate(Signed end) const
{
    CoarseCandidate result;
    result.pathScore = m_paths->scores()[std::size_t(end)];
    std::vector<Signed> lags = m_paths->pathTo(end);
    for (Signed &lag : lags)
        lag -= m_guestBins;
    for (std::size_t w = 0; w < m_windows.size(); ++w) {
        const Signed middle = m_at[w] + m_windowBins / 2;
        result.path.push_back({m_guestRange.from + middle * m_bin, m_hostRange.from + (middle + lags[w]) * m_bin});
    }
    // The best line near the path: through its middle, or its end.
    const Signed span = std::max<Signed>(1, m_at.back() - m_at.front());
    const double step = std::max(0.5 / double(span), kMaxDrift / 100);
    double bestDrift = 0;
    double bestLag = double(lags.back());
    result.score = -1e300;
    for (const std::size_t through : {m_windows.size() / 2, m_windows.size() - 1}) {
        for (double drift = -kMaxDrift; drift <= kMaxDrift + step / 2; drift += step) {
            for (Signed aside = -4; aside <= 4; ++aside) {
                const double lag = double(lags[through] + aside) - drift * double(m_at[through]);
                const double score = lineScore(lag, drift);
                // Of equals the one with less drift.
                if (score > result.score + 1e-3
                    || (score > result.score - 1e-3 && std::abs(drift) < std::abs(bestDrift))) {
                    result.score = std::max(result.score, score);
                    bestDrift = drift;
                    bestLag = lag;
                }
            }
        }
    }
    const Ns reference = m_guestRange.from + m_guestBins / 2 * m_bin;
    const double hostBin = bestLag + double(m_guestBins / 2) * (1 + bestDrift);
    // A window's lag is that of its begin, but its events lie around its middle.
    const double late = -bestDrift * double(m_windowBins) / 2;
    result.line = {reference, m_hostRange.from + Ns(std::llround((hostBin + late) * double(m_bin))), bestDrift};
    return result;
}

} // namespace

CoarseResult coarsePass(const GuestOnVm &guest, TimeRange guestRange, const HostSignals &host,
    const CoarseOptions &options, bool isThorough, const SearchBudget &budget)
{
    return CoarsePass(guest, guestRange, host, options, isThorough).search(budget);
}

} // namespace exitscope
