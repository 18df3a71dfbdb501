// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/deadlines.h"
#include "model/clock/guest_on_vm.h"
#include "model/clock/line_regions.h"
#include "model/reference/exit_reasons.h"

// What tells regions of lines apart that containment leaves open (DESIGN "Certain").
namespace exitscope {

// Without the regions that keep over 2 µs from the line that timer deadlines tell, as far as these reach. All, if it is
// near none: then deadlines and containment contradict each other.
LineRegions nearDeadlines(const LineRegions &regions, const DeadlineEstimate &deadlines);

// The regions within 2 µs of that line, more where it is told from far away; for guests whose place containment does
// not tell. None if the deadlines meet on it for a part of the time only: the clock may have been set.
LineRegions regionsByDeadlines(
    const GuestOnVm &guest, const DeadlineEstimate &deadlines, TimeRange overlap, const SearchBudget &budget);

// Without the regions that many more exits contradict than another: a program's code was left while the guest's kernel
// ran. Only of regions whose lines put each event into one slot, and of guests whose kernel's code is known by its
// addresses.
void dropContradicted(LineRegions &regions, const GuestTrace &trace, const VmRuns &runs, const CpuMap &vcpuOf,
    const ReasonTable &reasons, const SearchBudget &budget);

} // namespace exitscope
