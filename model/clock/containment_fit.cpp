// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/containment_fit.h"

namespace exitscope {

namespace {

constexpr int kMostRounds = 12;

} // namespace

ClockMap fitLine(const GuestOnVm &guest, const ClockLine &around, TimeRange within)
{
    ClockMap best;
    std::int64_t mostContained = -1;
    ClockMap map(around);
    for (int round = 0; round < kMostRounds; ++round) {
        const std::vector<InstantBounds> bounds = boundsOfContained(guest, map, within);
        const FeasibleLines lines(bounds, kMaxClockDrift);
        const ClockMap next(std::vector<ClockPiece>{lines.piece()});
        const std::int64_t contained = containmentOf(guest, next, 0).contained;
        if (contained <= mostContained)
            break;
        mostContained = contained;
        best = next;
        map = next;
    }
    return best;
}

} // namespace exitscope
