// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/vcpu_state.h"
#include "model/trace/wire/record.h"

// What an exit event says by itself; README "Runs and exits" and "Scenarios".
namespace exitscope::naive {

std::int64_t codeOf(const Record &exit);
bool entryFailed(const Record &exit);
bool isHalt(const Record &exit);
Scenario scenarioOf(const Record &exit, bool leftKvmRun, bool preempted);

} // namespace exitscope::naive
