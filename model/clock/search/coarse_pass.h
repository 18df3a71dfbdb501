// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/search/coarse_search.h"

namespace exitscope {

inline constexpr Ns kCoarseWindow = 500'000'000;
inline constexpr std::size_t kMostCoarseWindows = 24;
inline constexpr std::size_t kMostCoarseCandidates = 16;

struct Resolution {
    Ns bin; // ns
    bool isThorough; // every window counts, for guests and hosts that meet for a moment only
};

// One pass of a coarse search, over a part of the guest's range. The candidates come in no order.
CoarseResult coarsePass(const GuestOnVm &guest, TimeRange guestRange, TimeRange hostRange, const CoarseOptions &options,
    const Resolution &resolution);

inline bool isCancelled(const CoarseOptions &options)
{
    return options.cancel && options.cancel->load(std::memory_order_relaxed);
}

} // namespace exitscope
