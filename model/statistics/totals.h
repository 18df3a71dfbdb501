// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/statistics/exit_filter.h"
#include "model/statistics/statistics.h"
#include "model/vcpu_walk.h"

// What statistics are put together of, whatever the exits are summed with.
namespace exitscope {

// The vCPU in the selected range: times in states and entries, which filters of exits leave as they are. No exits.
VcpuStatistics besideExits(const VcpuAt &vcpu, const ExitFilter &filter);

// All but what is told of runs, reasons and scenarios.
void addSums(Totals &sum, const Totals &part);

} // namespace exitscope
