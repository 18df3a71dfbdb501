// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/coarse_pass.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numeric>

#include "model/clock/search/fft.h"

namespace exitscope {

namespace {

using Signed = std::ptrdiff_t;

constexpr std::size_t kFewWindows = 4;
constexpr std::size_t kEnoughBursts = 6000; // to tell the true map from all others, by far
constexpr Ns kApart = 1'000'000; // between candidates
constexpr double kMaxDrift = 200e-6;
constexpr float kJumpPenalty = 25; // ln: a clock that was set anew, one lag of very many
constexpr double kMisfitRate = 0.05; // also of events that the bins put beside their run

struct Window {
    Signed at = 0; // bins from the guest's begin
    std::vector<float> score; // by host bin of its begin, from -windowBins
};

class CoarsePass {
public:
    CoarsePass(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options,
        Resolution resolution);
    CoarseResult search();

private:
    void chooseWindows();
    std::vector<float> likelihood(const RunTrack &runs) const;
    void correlate();
    void fill(std::vector<Fft::Complex> &into, const RunTrack *runs, std::size_t window, bool imaginary) const;
    void followPaths();
    std::vector<Signed> topEnds() const;
    std::vector<Signed> expectedEnds() const;
    CoarseCandidate candidate(Signed end) const;
    double lineScore(double lag, double binsPerBin) const;
    float scoreAt(std::size_t window, Signed lag) const;
    Signed stepsBefore(std::size_t window) const; // bins that the lag may change from the window before

    const GuestOnVm &m_guest;
    TimeRange m_guestRange, m_hostRange;
    const CoarseOptions &m_options;
    bool m_isThorough;
    Ns m_bin;
    Signed m_hostBins, m_guestBins, m_windowBins;
    std::vector<Window> m_windows;
    // By lag + m_guestBins, where the lag is the host bin of the guest's begin:
    std::vector<float> m_pathScore; // of the best path that ends there
    std::vector<std::vector<std::int16_t>> m_cameFrom; // by window; kJumped
    std::vector<Signed> m_jumpFrom; // by window
};

constexpr std::int16_t kJumped = 0x7fff;

// The places of the greatest values within `reach` of one place after the other.
class SlidingMaximum {
public:
    SlidingMaximum(const std::vector<float> &values, Signed reach) : m_values(values), m_reach(reach) { }

    // Asked for in order from 0 on. Of equals that place itself.
    Signed around(Signed place)
    {
        for (; m_taken < Signed(m_values.size()) && m_taken <= place + m_reach; ++m_taken) {
            while (!m_falling.empty() && at(m_falling.back()) < at(m_taken))
                m_falling.pop_back();
            m_falling.push_back(m_taken);
        }
        while (m_falling.front() < place - m_reach)
            m_falling.pop_front();
        return at(place) == at(m_falling.front()) ? place : m_falling.front();
    }

private:
    float at(Signed place) const { return m_values[std::size_t(place)]; }

    const std::vector<float> &m_values;
    Signed m_reach;
    Signed m_taken = 0;
    std::deque<Signed> m_falling; // places whose values fall from the first on
};

CoarsePass::CoarsePass(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options,
    Resolution resolution)
    : m_guest(guest), m_guestRange(guestRange), m_hostRange(hostRange), m_options(options),
      m_isThorough(resolution.isThorough || options.mayJump), m_bin(resolution.bin),
      m_hostBins(hostRange.length() / m_bin + 1), m_guestBins(guestRange.length() / m_bin + 1),
      m_windowBins(std::clamp<Signed>(kCoarseWindow / m_bin, 8, std::max<Signed>(m_hostBins, 8)))
{
}

CoarseResult CoarsePass::search()
{
    CoarseResult result;
    result.bin = m_bin;
    chooseWindows();
    if (m_windows.empty())
        return result;
    correlate();
    if (isCancelled(m_options))
        return result;
    followPaths();
    std::vector<Signed> ends = topEnds();
    const std::vector<Signed> expected = expectedEnds();
    for (const Signed end : expected)
        if (std::ranges::find(ends, end) == ends.end())
            ends.push_back(end);
    for (const Signed end : ends) {
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
        Signed last = -1;
        const auto begin = std::ranges::lower_bound(pair.events, m_guestRange.from);
        const auto end = std::upper_bound(begin, pair.events.end(), m_guestRange.to);
        for (const Ns event : std::span(begin, end)) {
            const Signed bin = (event - m_guestRange.from) / m_bin;
            if (bin != last)
                ++bursts[std::size_t(bin / m_windowBins)];
            last = bin;
        }
    }
    // Of a guest that is longer than the host's recording some windows lie beside it.
    const std::size_t few = kFewWindows * std::size_t(m_guestBins) / std::size_t(m_hostBins) + 1;
    const bool isLong = count > kMostCoarseWindows && !m_isThorough;
    for (std::size_t parts = isLong ? std::max(kFewWindows, few) : kMostCoarseWindows;; parts *= 2) {
        parts = std::min({parts, count, kMostCoarseWindows});
        std::size_t found = 0;
        m_windows.clear();
        for (std::size_t part = 0; part < parts; ++part) {
            const auto first = bursts.begin() + Signed(part * count / parts);
            const auto best = std::max_element(first, bursts.begin() + Signed((part + 1) * count / parts));
            if (*best > 0)
                m_windows.push_back({(best - bursts.begin()) * m_windowBins, {}});
            found += *best;
        }
        if (found >= kEnoughBursts || parts == std::min(count, kMostCoarseWindows))
            return;
    }
}

// Of an event that falls into each bin: ln of its likelihood under the true map against chance.
std::vector<float> CoarsePass::likelihood(const RunTrack &runs) const
{
    std::vector<double> in(std::size_t(m_hostBins) + 1);
    std::vector<double> out(in.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs.knows[i] == HostKnows::Nothing)
            continue;
        std::vector<double> &into = runs.knows[i] == HostKnows::Guest ? in : out;
        const Ns end = std::min(runs.end(i), m_hostRange.to) - m_hostRange.from;
        for (Ns t = std::max(runs.begin[i], m_hostRange.from) - m_hostRange.from; t < end;) {
            const Ns bin = t / m_bin;
            const Ns next = std::min(end, (bin + 1) * m_bin);
            into[std::size_t(bin)] += double(next - t) / double(m_bin);
            t = next;
        }
    }
    const double share = runs.guestShare();
    std::vector<float> result(std::size_t(m_hostBins), 0.0F);
    for (std::size_t i = 0; i < result.size(); ++i) {
        // The bins of guest and host do not lie upon each other: neighbours count too.
        const auto smooth = [i](const std::vector<double> &of) {
            return (i > 0 ? of[i - 1] : of[i]) / 4 + of[i] / 2 + of[i + 1] / 4;
        };
        const double guest = smooth(in);
        const double other = smooth(out);
        const double nothing = std::max(0.0, 1 - guest - other);
        result[i] = float(std::log((1 - kMisfitRate) / share * guest + kMisfitRate / (1 - share) * other + nothing));
    }
    return result;
}

void CoarsePass::fill(std::vector<Fft::Complex> &into, const RunTrack *runs, std::size_t window, bool imaginary) const
{
    const Ns from = m_guestRange.from + m_windows[window].at * m_bin;
    for (const EventsOnRuns &pair : m_guest) {
        if (pair.runs != runs)
            continue;
        const auto first = std::ranges::lower_bound(pair.events, from);
        const auto last = std::lower_bound(first, pair.events.end(), from + m_windowBins * m_bin);
        for (auto event = first; event != last; ++event) {
            Fft::Complex &value = into[std::size_t((*event - from) / m_bin)];
            value = imaginary ? Fft::Complex{value.real(), 1} : Fft::Complex{1, value.imag()}; // in one bin: once
        }
    }
}

// Two windows at a time: one is real, the other imaginary.
void CoarsePass::correlate()
{
    const Fft fft(powerOfTwoFrom(std::size_t(m_hostBins + m_windowBins)));
    std::map<const RunTrack *, std::vector<Fft::Complex>> hosts;
    for (const EventsOnRuns &pair : m_guest) {
        if (hosts.contains(pair.runs) || pair.events.empty())
            continue;
        const std::vector<float> values = likelihood(*pair.runs);
        std::vector<Fft::Complex> &spectrum = hosts[pair.runs];
        spectrum.assign(values.begin(), values.end());
        spectrum.resize(fft.size());
        fft.forward(spectrum);
    }
    const std::size_t size = fft.size();
    std::vector<Fft::Complex> sum(size);
    std::vector<Fft::Complex> events(size);
    for (std::size_t w = 0; w < m_windows.size() && !isCancelled(m_options); w += 2) {
        const bool two = w + 1 < m_windows.size();
        std::ranges::fill(sum, Fft::Complex{});
        for (const auto &[runs, spectrum] : hosts) {
            std::ranges::fill(events, Fft::Complex{});
            fill(events, runs, w, false);
            if (two)
                fill(events, runs, w + 1, true);
            fft.forward(events);
            for (std::size_t k = 0; k < size; ++k) {
                const Fft::Complex a = spectrum[k];
                const Fft::Complex b = events[(size - k) & (size - 1)];
                sum[k] += Fft::Complex{
                    a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
            }
        }
        fft.inverse(sum);
        const float scale = 1 / float(size);
        m_windows[w].score.resize(std::size_t(m_hostBins + m_windowBins));
        if (two)
            m_windows[w + 1].score.resize(m_windows[w].score.size());
        for (Signed at = -m_windowBins; at < m_hostBins; ++at) {
            const Fft::Complex value = sum[std::size_t(at) & (size - 1)];
            m_windows[w].score[std::size_t(at + m_windowBins)] = value.real() * scale;
            if (two)
                m_windows[w + 1].score[std::size_t(at + m_windowBins)] = value.imag() * scale;
        }
    }
}

float CoarsePass::scoreAt(std::size_t window, Signed lag) const
{
    const Signed at = lag + m_windows[window].at + m_windowBins;
    const std::vector<float> &score = m_windows[window].score;
    return at < 0 || at >= Signed(score.size()) ? 0 : score[std::size_t(at)];
}

Signed CoarsePass::stepsBefore(std::size_t window) const
{
    const auto apart = double(m_windows[window].at - m_windows[window - 1].at);
    return std::min<Signed>(Signed(std::ceil(apart * kMaxDrift)) + 1, 200);
}

// The best sum of window scores whose lag changes from window to window by no more than the drift allows.
void CoarsePass::followPaths()
{
    const auto lags = std::size_t(m_guestBins + m_hostBins);
    m_pathScore.resize(lags);
    m_cameFrom.resize(m_windows.size());
    m_jumpFrom.resize(m_windows.size());
    for (std::size_t i = 0; i < lags; ++i)
        m_pathScore[i] = scoreAt(0, Signed(i) - m_guestBins);
    std::vector<float> before;
    for (std::size_t w = 1; w < m_windows.size(); ++w) {
        before = m_pathScore;
        m_jumpFrom[w] = std::ranges::max_element(before) - before.begin();
        const float jumped = before[std::size_t(m_jumpFrom[w])] - kJumpPenalty;
        const Signed steps = stepsBefore(w);
        std::vector<std::int16_t> &cameFrom = m_cameFrom[w];
        cameFrom.resize(lags);
        SlidingMaximum nearby(before, steps);
        for (Signed i = 0; i < Signed(lags); ++i) {
            const Signed best = nearby.around(i);
            const bool jumps = m_options.mayJump && jumped > before[std::size_t(best)];
            cameFrom[std::size_t(i)] = jumps ? kJumped : std::int16_t(best - i);
            m_pathScore[std::size_t(i)] = (jumps ? jumped : before[std::size_t(best)]) + scoreAt(w, i - m_guestBins);
        }
    }
}

// The ends of the best paths, kApart from each other.
std::vector<Signed> CoarsePass::topEnds() const
{
    const Signed apart = std::max<Signed>(1, kApart / m_bin);
    std::vector<Signed> ends;
    for (Signed from = 0; from < Signed(m_pathScore.size()); from += apart) {
        const auto first = m_pathScore.begin() + from;
        ends.push_back(
            std::max_element(first, first + std::min(apart, Signed(m_pathScore.size()) - from)) - m_pathScore.begin());
    }
    std::ranges::stable_sort(
        ends, std::ranges::greater{}, [this](Signed end) { return m_pathScore[std::size_t(end)]; });
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
    std::vector<Signed> ends;
    for (const StartingPoint &start : m_options.starts) {
        const Ns earlier = start.guest - m_guestRange.from;
        const auto index = [&](Ns host) {
            const Ns bin = (host - earlier - m_hostRange.from) / m_bin + m_guestBins;
            return m_pathScore.begin() + std::clamp<Ns>(bin, 0, Ns(m_pathScore.size()));
        };
        const auto first = index(start.host.from);
        const auto last = index(start.host.to);
        if (first < last)
            ends.push_back(std::max_element(first, last) - m_pathScore.begin());
    }
    return ends;
}

double CoarsePass::lineScore(double lag, double binsPerBin) const
{
    double sum = 0;
    for (std::size_t w = 0; w < m_windows.size(); ++w)
        sum += double(scoreAt(w, Signed(std::lround(lag + binsPerBin * double(m_windows[w].at)))));
    return sum;
}

CoarseCandidate CoarsePass::candidate(Signed end) const
{
    CoarseCandidate result;
    result.pathScore = m_pathScore[std::size_t(end)];
    std::vector<Signed> lags(m_windows.size());
    for (std::size_t w = m_windows.size(); w-- > 0;) {
        lags[w] = end - m_guestBins;
        if (w > 0)
            end = m_cameFrom[w][std::size_t(end)] == kJumped ? m_jumpFrom[w] : end + m_cameFrom[w][std::size_t(end)];
    }
    for (std::size_t w = 0; w < m_windows.size(); ++w) {
        const Signed middle = m_windows[w].at + m_windowBins / 2;
        result.path.push_back({m_guestRange.from + middle * m_bin, m_hostRange.from + (middle + lags[w]) * m_bin});
    }
    // The best line near the path: through its middle, or its end.
    const Signed span = std::max<Signed>(1, m_windows.back().at - m_windows.front().at);
    const double step = std::max(0.5 / double(span), kMaxDrift / 100);
    double bestDrift = 0;
    double bestLag = double(lags.back());
    result.score = -1e300;
    for (const std::size_t through : {m_windows.size() / 2, m_windows.size() - 1}) {
        for (double drift = -kMaxDrift; drift <= kMaxDrift + step / 2; drift += step) {
            for (Signed aside = -4; aside <= 4; ++aside) {
                const double lag = double(lags[through] + aside) - drift * double(m_windows[through].at);
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

CoarseResult coarsePass(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options,
    const Resolution &resolution)
{
    return CoarsePass(guest, guestRange, hostRange, options, resolution).search();
}

} // namespace exitscope
