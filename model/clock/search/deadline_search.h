// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

#include "model/clock/deadlines.h"

namespace exitscope {

// Of all lines the one on which most deadlines of the guest meet one of the host, wherever it leads: for guests that
// containment cannot tell. Nothing if less than an eighth of those that it leads into the host's recording do, or if
// another line has so many that this one can be chance: deadlines that come at one interval meet on many; or if in some
// part of the time hardly any meet: the clock may have been set.
std::optional<DeadlineEstimate> searchDeadlines(
    std::span<const DeadlinesOfVcpu> vcpus, TimeRange hostRange, double maxDrift, const SearchBudget &budget);

} // namespace exitscope
