// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/search/coarse_search.h"

namespace exitscope {

// The drift between two clocks of computers is bounded: crystals are within 100 ppm of each other, NTP adds up to 500.
inline constexpr double kMaxClockDrift = 600e-6;

// From a map that is about right to that which leaves most events contained and stays furthest from every border of
// theirs. Its corners are the region of all lines that contain the same events. One piece.
ClockMap fitLine(const GuestOnVm &guest, const ClockLine &around, TimeRange within, const SearchBudget &budget);

// The same in as few pieces as contain the events, for clocks whose rate changed or that were set anew: each piece is
// made as long as one line can contain its events, from the begin on and from the end on; between the two a break lies.
// Starts from the paths of a coarse search. Returns `line` if pieces contain no more.
ClockMap fitPieces(const GuestOnVm &guest, const ClockMap &line, const CoarseResult &paths, TimeRange guestRange,
    TimeRange hostRange, const SearchBudget &budget);

} // namespace exitscope
