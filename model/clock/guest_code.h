// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/clock_map.h"
#include "model/guest/guest_trace.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// Of the exits that a guest's own instruction caused (io, cpuid, hypercall, page fault), at which the guest's CPU ran
// its kernel for certain under the line, how many left the kernel's code by their guest_rip, and how many a program's.
// Under the true line none does the latter, on a guest of 64 bits without guests of its own.
struct CodeChecked {
    std::int64_t agreed = 0;
    std::int64_t contradicted = 0;
};
CodeChecked checkCode(const GuestCpu &cpu, const Vcpu &vcpu, const ReasonTable &reasons, const ClockLine &line);

} // namespace exitscope
