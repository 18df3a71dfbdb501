// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/coarse_search.h"

#include <algorithm>

#include "model/clock/search/coarse_pass.h"

namespace exitscope {

namespace {

constexpr Ns kLeastBin = 40'000; // ± 200 ppm move the borders of a window by so much and little more
// Of the host's recording and a window, what one transform takes: first, and where that was too coarse.
constexpr Ns kMostBins = 1 << 18;
constexpr Ns kMostFineBins = 1 << 21;
constexpr double kFound = 150; // ln: a score that no chance gives
constexpr Ns kMostThorough = 190'000'000'000; // of a guest: of longer ones only some windows are looked at
constexpr Ns kThorough = Ns(kMostCoarseWindows) * kCoarseWindow; // every window of it can be looked at
constexpr std::size_t kMostCpus = 16; // that are looked at
constexpr Ns kLeastChunk = 2'000'000'000; // of a guest that is much longer than the host's recording

// Bins as long as the runs, if there may be so many.
Ns binFor(const GuestOnVm &guest, TimeRange hostRange, Ns mostBins)
{
    Ns run = 0;
    for (const EventsOnRuns &pair : guest)
        run = std::max(run, pair.runs->medianRun());
    const Ns span = std::max<Ns>(hostRange.length(), 1);
    return std::max({std::min(std::clamp(run, kLeastBin, 20 * kLeastBin), std::max<Ns>(span / 64, 1)),
        (span + kCoarseWindow) / (mostBins - 2) + 1});
}

// The CPUs with the most events: where there are many, some tell as much as all.
GuestOnVm busiestOf(const GuestOnVm &guest)
{
    GuestOnVm busiest = guest;
    if (busiest.size() <= kMostCpus)
        return busiest;
    std::ranges::stable_sort(
        busiest, std::ranges::greater{}, [](const EventsOnRuns &pair) { return pair.events.size(); });
    busiest.resize(kMostCpus);
    return busiest;
}

// The guest's range; of one that is much longer than a chunk pieces as long as that: wherever what is looked for lies,
// it meets half of one of them.
std::vector<TimeRange> chunksOf(TimeRange range, Ns length)
{
    const Ns count = (range.length() + length - 1) / length;
    std::vector<TimeRange> chunks;
    for (Ns i = 0; i < count; ++i)
        chunks.push_back({range.from + range.length() / count * i,
            i + 1 == count ? range.to : range.from + range.length() / count * (i + 1)});
    return chunks;
}

// A path has more freedom than a line.
double scoreOf(const CoarseCandidate &candidate)
{
    return std::max(candidate.score, candidate.pathScore - 10);
}

double bestOf(const CoarseResult &result)
{
    return result.candidates.empty() ? -1e300 : scoreOf(result.candidates.front());
}

// From a fast look at some windows to a thorough one, until something is found.
class CoarseSearch {
public:
    CoarseSearch(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options,
        const SearchBudget &budget)
        : m_guest(options.anyOf.empty() ? busiestOf(guest) : guest), m_guestRange(guestRange), m_hostRange(hostRange),
          m_options(options), m_budget(budget)
    {
    }

    CoarseResult search();

private:
    HostSignals signals(TimeRange hostRange, Ns bin) const;
    void look(TimeRange guestRange, const HostSignals &host, bool isThorough);
    bool isOver();
    void lookAtAll(const HostSignals &host);
    void lookThoroughly(const HostSignals &host);
    void lookAtEnds(Ns bin);

    const GuestOnVm m_guest;
    TimeRange m_guestRange, m_hostRange;
    const CoarseOptions &m_options;
    const SearchBudget &m_budget;
    CoarseResult m_now; // of what is under way
    CoarseResult m_best;
};

HostSignals CoarseSearch::signals(TimeRange hostRange, Ns bin) const
{
    const Ns bins = hostRange.length() / bin + 1;
    const Ns window = std::clamp<Ns>(kCoarseWindow / bin, 8, std::max<Ns>(bins, 8));
    return HostSignals(m_guest, m_options.anyOf, hostRange, bin, window, m_budget);
}

void CoarseSearch::look(TimeRange guestRange, const HostSignals &host, bool isThorough)
{
    if (m_budget.hasEnded())
        return;
    CoarseResult one = coarsePass(m_guest, guestRange, host, m_options, isThorough, m_budget);
    m_now.bin = one.bin;
    std::vector<CoarseCandidate> &all = m_now.candidates;
    std::ranges::move(one.candidates, std::back_inserter(all));
    std::ranges::stable_sort(all, std::ranges::greater{}, scoreOf);
    if (all.size() > kMostCoarseCandidates) {
        const auto kept = all.begin() + kMostCoarseCandidates;
        all.erase(std::remove_if(kept, all.end(), [](const CoarseCandidate &c) { return !c.isExpected; }), all.end());
    }
}

// Takes what was found since it was last asked.
bool CoarseSearch::isOver()
{
    if (m_best.bin == 0 || bestOf(m_now) > bestOf(m_best))
        m_best = std::move(m_now);
    m_now = {};
    return m_budget.hasEnded() || bestOf(m_best) > kFound;
}

void CoarseSearch::lookAtAll(const HostSignals &host)
{
    const Ns length = std::max(m_hostRange.length(), kLeastChunk);
    if (m_options.mayJump || m_guestRange.length() <= 2 * length)
        return look(m_guestRange, host, false);
    for (const TimeRange &chunk : chunksOf(m_guestRange, length))
        look(chunk, host, false);
}

void CoarseSearch::lookThoroughly(const HostSignals &host)
{
    for (const TimeRange &chunk : chunksOf(m_guestRange, kThorough))
        look(chunk, host, true);
}

// Where one recording begins shortly before the other one ends.
void CoarseSearch::lookAtEnds(Ns bin)
{
    const Ns guest = std::min(kThorough, m_guestRange.length());
    const Ns host = std::min(kThorough, m_hostRange.length());
    look({m_guestRange.from, m_guestRange.from + guest}, signals({m_hostRange.to - host, m_hostRange.to}, bin), true);
    look({m_guestRange.to - guest, m_guestRange.to}, signals({m_hostRange.from, m_hostRange.from + host}, bin), true);
}

CoarseResult CoarseSearch::search()
{
    // Coarse first: that is enough nearly always, and fast.
    const Ns coarse = binFor(m_guest, m_hostRange, kMostBins);
    const Ns fine = std::min(coarse, binFor(m_guest, m_hostRange, kMostFineBins));
    const HostSignals host = signals(m_hostRange, coarse);
    lookAtAll(host);
    if (isOver())
        return m_best;
    if (fine < coarse) {
        lookAtAll(signals(m_hostRange, fine));
        if (isOver())
            return m_best;
    }
    if (m_options.mayJump || m_guestRange.length() <= kThorough / 2)
        return m_best; // every window was looked at
    if (m_guestRange.length() <= kMostThorough) {
        lookThoroughly(host);
        if (isOver())
            return m_best;
    }
    lookAtEnds(fine);
    isOver();
    return m_best;
}

} // namespace

CoarseResult searchCoarse(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const CoarseOptions &options, const SearchBudget &budget)
{
    CoarseResult result = CoarseSearch(guest, guestRange, hostRange, options, budget).search();
    if (budget.hasEnded())
        result.candidates.clear();
    return result;
}

} // namespace exitscope
