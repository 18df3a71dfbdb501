// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/verdict.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr double kLeastContained = 0.95; // contained
constexpr std::int64_t kLeastKnown = 100; // events
constexpr double kAboveChance = 60; // ln: of all lags that are tried the best one reaches some 30 by chance
constexpr double kLeastLead = 30; // ln, over the best different map
constexpr double kLeadShare = 1.0 / 3; // of the likelihood
constexpr double kFewMisfits = 1; // and of the known events so many: with more the clock did not keep one rate
constexpr double kMisfitShare = 0.001;
constexpr Ns kMostUncertainty = 5'000'000; // where the bounds leave more open, different maps fit
constexpr Ns kSpanOfRegions = 20'000; // ns: several regions so near to each other are as good as one

// Pieces that may lie anywhere fit much by chance: they must explain all.
bool explainsAll(const GuestAlignment &alignment)
{
    std::int64_t steps = 0;
    for (std::size_t i = 1; i < alignment.map.pieces().size(); ++i)
        steps += alignment.map.isStep(i);
    return steps == 0 || alignment.containment.misfits() <= steps;
}

bool isNarrow(const GuestAlignment &alignment)
{
    const Ns uncertainty = alignment.uncertainty().value_or(kMostUncertainty);
    if (!alignment.hasSeveralRegions())
        return uncertainty < kMostUncertainty;
    return uncertainty < std::max(kSpanOfRegions, alignment.period / 2);
}

} // namespace

bool hasRival(const GuestAlignment &alignment)
{
    if (alignment.isByDeadlines || alignment.method == SyncMethod::Vmsync)
        return false;
    const double likelihood = alignment.containment.likelihood;
    return alignment.neverRests || likelihood < kAboveChance
        || likelihood - alignment.runnerUp < std::max(kLeastLead, kLeadShare * likelihood);
}

bool areBoundsSure(const GuestAlignment &alignment)
{
    if (alignment.method == SyncMethod::Vmsync)
        return true;
    const bool areKnown = alignment.regions.size() == alignment.map.pieces().size()
        && std::ranges::all_of(
            alignment.regions, [](const LineRegions &own) { return own.size() > 0 && own.isComplete; });
    const Containment &c = alignment.containment;
    const auto breaks = std::int64_t(alignment.map.pieces().size()) - 1;
    return areKnown && !hasRival(alignment)
        && double(c.misfits() - breaks) <= kFewMisfits + kMisfitShare * double(c.known);
}

SyncVerdict verdictOf(const GuestAlignment &alignment)
{
    const Containment &c = alignment.containment;
    if (alignment.neverRests && !alignment.isByDeadlines && c.share() < kLeastContained)
        return SyncVerdict::Unknown; // the best map may not have been found
    const bool isAllLookedAt
        = std::ranges::all_of(alignment.regions, [](const LineRegions &own) { return own.isComplete; });
    if (!alignment.map.isEmpty() && c.share() < kLeastContained && !isAllLookedAt)
        return SyncVerdict::Ambiguous; // a better one may be among the rest
    if (alignment.map.isEmpty() || c.share() < kLeastContained)
        return SyncVerdict::None;
    if (alignment.method == SyncMethod::Vmsync && !alignment.hasSeveralRegions())
        return SyncVerdict::Aligned; // pairs of events leave nothing to guess
    const std::int64_t all = c.known + c.unknown + c.outside;
    if (c.known + c.unknown < std::min(kLeastKnown, (all + 1) / 2))
        return SyncVerdict::None; // it fits only where it hardly meets the recording
    const bool isEnough = c.known >= kLeastKnown || alignment.method == SyncMethod::Vmsync;
    const bool isSure = isEnough && explainsAll(alignment) && areBoundsSure(alignment) && isNarrow(alignment);
    return isSure ? SyncVerdict::Aligned : SyncVerdict::Ambiguous;
}

} // namespace exitscope
