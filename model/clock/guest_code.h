// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/clock_map.h"
#include "model/guest/guest_trace.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// How many exits of the vCPU that a guest's own instruction caused (io, cpuid, hypercall, page fault) left a program's
// code, as their guest_rip tells, while the guest's CPU ran its kernel for certain under the line. Under the true line
// none does.
std::int64_t contradictedExits(
    const GuestCpu &cpu, const Vcpu &vcpu, const ReasonTable &reasons, const ClockLine &line);

} // namespace exitscope
