// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/clock/search_budget.h"

namespace exitscope {

// When timers expire by the guest's clock, and when the host's timers for them do by the host's, of one vCPU: what a
// guest programs its APIC timer for and what KVM starts for that are the same instant. Absolute; ordered by expires.
struct DeadlinesOfVcpu {
    std::vector<Ns> guest;
    std::vector<Ns> host;
};

struct DeadlineEstimate {
    ClockLine line;
    std::int64_t anchors = 0; // pairs on the line
    TimeRange span = {}; // of their guest times; beyond it the line is less sure
};

// How much later than expected the nearest of the deadlines is, ns; they are ordered, and not none.
Ns nearestDeadline(std::span<const Ns> deadlines, Ns expected);

// From a map that is about right: pairs each deadline with the nearest one, takes the line that most pairs lie on, and
// fits it to them by least squares. KVM starts its timers a little early, so the line is early by so much. An estimate,
// no proof. Nothing if too few pairs agree, or the budget ended.
std::optional<DeadlineEstimate> estimateByDeadlines(
    const std::vector<DeadlinesOfVcpu> &vcpus, const ClockMap &map, TimeRange guest, const SearchBudget &budget = {});

} // namespace exitscope
