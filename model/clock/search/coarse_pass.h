// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/search/coarse_search.h"
#include "model/clock/search/host_signals.h"

namespace exitscope {

inline constexpr Ns kCoarseWindow = 500'000'000;
inline constexpr std::size_t kMostCoarseWindows = 24;
inline constexpr std::size_t kMostCoarseCandidates = 16;

// One pass of a coarse search, over a part of the guest's range and the host's that the signals are of. Thorough: every
// window counts. The candidates come in no order.
CoarseResult coarsePass(const GuestOnVm &guest, TimeRange guestRange, const HostSignals &host,
    const CoarseOptions &options, bool isThorough, const SearchBudget &budget);

} // namespace exitscope
