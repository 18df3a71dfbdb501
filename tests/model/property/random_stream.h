// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "tests/tools/event_streams.h"

// Seeded random events of a host with virtual machines: mostly what a kernel would write, then damaged (events doubled,
// dropped, moved, falsified) and lost in part, as a ring buffer would lose them, or in a way that none would.
namespace exitscope::testing {

struct RandomStream {
    EventStreams streams;
    std::vector<Record> threadInfos; // whose process is known
    std::map<std::int32_t, std::int32_t> pids; // what they tell, by tid of a vCPU thread
    int blindStretches = 0; // packets that tell of a loss
};

RandomStream randomStream(std::uint32_t seed);

} // namespace exitscope::testing
