// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/host_signals.h"

#include <algorithm>
#include <cmath>

#include "model/parallel.h"

namespace exitscope {

namespace {

constexpr double kMisfitRate = 0.05; // also of events that the bins put beside their run

// How much likelier an event in each bin is under the true map than by chance.
class Likelier {
public:
    Likelier(TimeRange hostRange, Ns bin)
        : m_hostRange(hostRange), m_bin(bin), m_sum(std::size_t(hostRange.length() / bin + 1))
    {
    }

    void add(const RunTrack &runs);
    std::vector<float> logarithm(std::size_t tracks) const;

private:
    void fill(const RunTrack &runs, std::vector<double> &in, std::vector<double> &out) const;

    TimeRange m_hostRange;
    Ns m_bin;
    std::vector<double> m_sum;
};

// The part of each bin that the vCPU was in guest mode, and that it was known not to be.
void Likelier::fill(const RunTrack &runs, std::vector<double> &in, std::vector<double> &out) const
{
    Ns bin = -1;
    Ns binEnd = 0;
    const auto first = std::ranges::upper_bound(runs.begin, m_hostRange.from) - runs.begin.begin();
    for (auto i = std::size_t(std::max<std::ptrdiff_t>(first - 1, 0)); i < runs.size(); ++i) {
        if (runs.begin[i] >= m_hostRange.to)
            break;
        if (runs.knows[i] == HostKnows::Nothing)
            continue;
        std::vector<double> &into = runs.knows[i] == HostKnows::Guest ? in : out;
        const Ns end = std::min(runs.end(i), m_hostRange.to) - m_hostRange.from;
        for (Ns t = std::max(runs.begin[i], m_hostRange.from) - m_hostRange.from; t < end;) {
            if (t >= binEnd) {
                bin = t < binEnd + m_bin ? bin + 1 : t / m_bin; // mostly the next one: divisions are slow
                binEnd = (bin + 1) * m_bin;
            }
            const Ns next = std::min(end, binEnd);
            into[std::size_t(bin)] += double(next - t) / double(m_bin);
            t = next;
        }
    }
}

void Likelier::add(const RunTrack &runs)
{
    std::vector<double> in(m_sum.size() + 1);
    std::vector<double> out(in.size());
    fill(runs, in, out);
    const double share = runs.guestShare();
    for (std::size_t i = 0; i < m_sum.size(); ++i) {
        // The bins of guest and host do not lie upon each other: neighbours count too.
        const auto smooth = [i](const std::vector<double> &of) {
            return (i > 0 ? of[i - 1] : of[i]) / 4 + of[i] / 2 + of[i + 1] / 4;
        };
        const double guest = smooth(in);
        const double other = smooth(out);
        const double nothing = std::max(0.0, 1 - guest - other);
        m_sum[i] += (1 - kMisfitRate) / share * guest + kMisfitRate / (1 - share) * other + nothing;
    }
}

std::vector<float> Likelier::logarithm(std::size_t tracks) const
{
    std::vector<float> result(m_sum.size());
    double last = double(tracks);
    float lastLog = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (m_sum[i] != last) { // most bins are like the one before
            last = m_sum[i];
            lastLog = float(std::log(last / double(tracks)));
        }
        result[i] = lastLog;
    }
    return result;
}

} // namespace

std::vector<float> likelihoodByBin(
    std::span<const RunTrack *const> runs, TimeRange hostRange, Ns bin, const SearchBudget &budget)
{
    Likelier sum(hostRange, bin);
    for (const RunTrack *track : runs)
        if (!budget.hasEnded())
            sum.add(*track);
    return sum.logarithm(runs.size());
}

HostSignals::HostSignals(const GuestOnVm &guest, const std::vector<const RunTrack *> &anyOf, TimeRange hostRange,
    Ns bin, std::ptrdiff_t windowBins, const SearchBudget &budget)
    : m_hostRange(hostRange), m_bin(bin), m_windowBins(windowBins), m_countsEach(!anyOf.empty()),
      m_correlation(std::size_t(hostRange.length() / bin + 1), std::size_t(windowBins))
{
    std::vector<const RunTrack *> own; // of each signal, if not any
    for (const EventsOnRuns &pair : guest) {
        if (pair.events.empty())
            continue;
        const RunTrack *const runs = m_countsEach ? nullptr : pair.runs;
        const auto known = std::size_t(std::ranges::find(own, runs) - own.begin());
        if (known == own.size()) {
            own.push_back(runs);
            m_signals.emplace_back();
        }
        m_signals[known].pairs.push_back(&pair);
    }
    inParallel(own.size(), kMostSearchThreads, [&](std::size_t i) {
        std::span<const RunTrack *const> runs = anyOf;
        if (!m_countsEach)
            runs = std::span(own).subspan(i, 1);
        if (!budget.hasEnded())
            m_signals[i].spectrum = m_correlation.ofSignal(likelihoodByBin(runs, hostRange, bin, budget));
    });
}

// A one in every bin of a window that holds events; false if none does.
bool HostSignals::mark(const Signal &signal, Ns from, bool imaginary, BlockCorrelation::Spectrum &marks) const
{
    bool isAny = false;
    for (const EventsOnRuns *pair : signal.pairs) {
        const auto first = std::ranges::lower_bound(pair->events, from);
        const auto last = std::lower_bound(first, pair->events.end(), from + m_windowBins * m_bin);
        Ns marked = -1;
        for (auto event = first; event != last; ++event) {
            const Ns bin = (*event - from) / m_bin;
            if (bin == marked)
                continue;
            marked = bin;
            isAny = true;
            Fft::Complex &value = marks[std::size_t(bin)];
            const float count = m_countsEach ? (imaginary ? value.imag() : value.real()) + 1 : 1;
            value = imaginary ? Fft::Complex{value.real(), count} : Fft::Complex{count, value.imag()};
        }
    }
    return isAny;
}

void HostSignals::correlate(Window &first, Window *second, const SearchBudget &budget) const
{
    std::vector<std::pair<const Signal *, BlockCorrelation::Spectrum>> marked;
    for (const Signal &signal : m_signals) {
        BlockCorrelation::Spectrum marks(m_correlation.size());
        const bool isInFirst = mark(signal, first.from, false, marks);
        if (!(second && mark(signal, second->from, true, marks)) && !isInFirst)
            continue;
        if (budget.hasEnded())
            return;
        m_correlation.transformWindows(marks);
        marked.emplace_back(&signal, std::move(marks));
    }
    first.score.resize(m_correlation.places());
    if (second)
        second->score.resize(m_correlation.places());
    BlockCorrelation::Spectrum sum;
    for (std::size_t block = 0; block < m_correlation.blocks() && !budget.hasEnded(); ++block) {
        sum.assign(m_correlation.size(), {});
        for (const auto &[signal, marks] : marked)
            m_correlation.add(block, signal->spectrum, marks, sum);
        m_correlation.finish(sum);
        const std::size_t begin = block * m_correlation.placesOfBlock();
        const std::size_t count = std::min(m_correlation.placesOfBlock(), m_correlation.places() - begin);
        for (std::size_t i = 0; i < count; ++i) {
            first.score[begin + i] = sum[i].real();
            if (second)
                second->score[begin + i] = sum[i].imag();
        }
    }
}

} // namespace exitscope
