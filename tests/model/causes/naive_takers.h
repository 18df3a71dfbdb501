// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "model/record/record.h"

// Who ran where preempted vCPUs waited, from the words of the manual; shares nothing with model/ but the records.
namespace exitscope::naive {

using TimeByThread = std::map<std::int32_t, Ns>; // by tid; 0: nobody

// By the thread of each vCPU. For recordings without losses and contradictions.
std::map<std::int32_t, TimeByThread> takersOf(const std::vector<std::vector<Record>> &streams);

} // namespace exitscope::naive
