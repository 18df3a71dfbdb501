// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record/record.h"
#include "model/timeline/vcpu_state.h"

// What an exit event says by itself; manual "Runs and exits" and "Scenarios".
namespace exitscope::naive {

std::int64_t codeOf(const Record &exit);
bool entryFailed(const Record &exit);
bool isHalt(const Record &exit);
// Whether an event of that kind can tell its target.
bool canTouch(const Record &exit, TargetKind kind);
// Why a vCPU left, as ExitRow::userspace.
int whyLeft(const UserspaceExitData &data);
Scenario scenarioOf(const Record &exit, bool leftKvmRun, bool preempted);

} // namespace exitscope::naive
