// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/guest_on_vm.h"

// For guests that number their CPUs in another way than the host: which guest CPU is which vCPU, by their events alone.
namespace exitscope {

// Searches for lines under which the guest fits if nobody cares which vCPU is which, and takes the assignment that fits
// best under one of them. Nothing if none is supported.
CpuMap cpusByLikelihood(const GuestTrace &guest, const VmRuns &vm, const SearchBudget &budget);
// The assignment that fits best under a map.
CpuMap cpusUnderMap(const GuestTrace &guest, const VmRuns &vm, const ClockMap &map);

} // namespace exitscope
