// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/containment_fit.h"

namespace exitscope {

namespace {

constexpr int kMostRounds = 12;

} // namespace

ClockMap fitLine(const GuestOnVm &guest, const ClockLine &around, TimeRange within, const SearchBudget &budget)
{
    ClockMap best;
    std::int64_t mostContained = -1;
    ClockMap map(around);
    for (int round = 0; round < kMostRounds && !budget.hasEnded(); ++round) {
        const std::vector<InstantBounds> bounds = boundsOfContained(guest, map, within, budget);
        const FeasibleLines lines(bounds, kMaxClockDrift);
        const ClockMap next(std::vector<ClockPiece>{lines.piece()});
        const Containment now = containmentOf(guest, next, 0, budget);
        if (now.contained <= mostContained)
            break;
        mostContained = now.contained;
        best = next;
        map = next;
        if (now.misfits() == 0)
            break;
    }
    return best;
}

} // namespace exitscope
