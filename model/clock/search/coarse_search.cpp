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
constexpr Ns kLeastChunk = 2'000'000'000; // of a guest that is much longer than the host's recording

// Bins as long as the runs, if there may be so many.
Resolution resolutionFor(const GuestOnVm &guest, TimeRange hostRange, Ns mostBins)
{
    Ns run = 0;
    for (const EventsOnRuns &pair : guest)
        run = std::max(run, pair.runs->medianRun());
    const Ns span = std::max<Ns>(hostRange.length(), 1);
    const Ns bin = std::max({std::min(std::clamp(run, kLeastBin, 20 * kLeastBin), std::max<Ns>(span / 64, 1)),
        (span + kCoarseWindow) / (mostBins - 2) + 1});
    return {bin, false};
}

// The guest's range; of one that is much longer than the host's recording pieces as long as that: wherever it lies, it
// meets half of one of them. Thorough: pieces of which each window is looked at.
std::vector<TimeRange> chunksOf(
    TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options, const Resolution &resolution)
{
    const Ns length
        = resolution.isThorough ? Ns(kMostCoarseWindows) * kCoarseWindow : std::max(hostRange.length(), kLeastChunk);
    if (options.mayJump || guestRange.length() <= (resolution.isThorough ? length : 2 * length))
        return {guestRange};
    std::vector<TimeRange> chunks;
    const Ns count = (guestRange.length() + length - 1) / length;
    for (Ns i = 0; i < count; ++i)
        chunks.push_back({guestRange.from + guestRange.length() / count * i,
            i + 1 == count ? guestRange.to : guestRange.from + guestRange.length() / count * (i + 1)});
    return chunks;
}

// A path has more freedom than a line.
double scoreOf(const CoarseCandidate &candidate)
{
    return std::max(candidate.score, candidate.pathScore - 10);
}

CoarseResult searchChunks(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange,
    const CoarseOptions &options, Resolution resolution)
{
    CoarseResult all;
    for (const TimeRange &chunk : chunksOf(guestRange, hostRange, options, resolution)) {
        CoarseResult one = coarsePass(guest, chunk, hostRange, options, resolution);
        all.bin = one.bin;
        std::ranges::move(one.candidates, std::back_inserter(all.candidates));
        if (isCancelled(options))
            return {all.bin, {}};
        std::ranges::stable_sort(all.candidates, std::ranges::greater{}, scoreOf);
        if (all.candidates.size() > kMostCoarseCandidates) {
            const auto kept = all.candidates.begin() + kMostCoarseCandidates;
            all.candidates.erase(
                std::remove_if(kept, all.candidates.end(), [](const CoarseCandidate &c) { return !c.isExpected; }),
                all.candidates.end());
        }
    }
    return all;
}

} // namespace

CoarseResult searchCoarse(
    const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options)
{
    // Coarse first: that is enough nearly always, and fast.
    const Resolution coarse = resolutionFor(guest, hostRange, kMostBins);
    std::vector<Resolution> resolutions{coarse};
    if (const Resolution full = resolutionFor(guest, hostRange, kMostFineBins); full.bin < coarse.bin)
        resolutions.push_back(full);
    if (guestRange.length() > Ns(kMostCoarseWindows) * kCoarseWindow / 2 && guestRange.length() <= kMostThorough)
        resolutions.push_back({resolutions.back().bin, true});
    CoarseResult result;
    for (const Resolution &resolution : resolutions) {
        result = searchChunks(guest, guestRange, hostRange, options, resolution);
        if (isCancelled(options) || (!result.candidates.empty() && scoreOf(result.candidates.front()) > kFound))
            break;
    }
    return result;
}

} // namespace exitscope
