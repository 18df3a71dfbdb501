// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "model/trace/wire/record.h"

// Seeded random events of a host with virtual machines: mostly what a kernel would write, then damaged (events doubled,
// dropped, moved, falsified) and lost in part, as a ring buffer would lose them.
namespace exitscope::testing {

struct RandomStream {
    std::vector<Record> records; // ordered as TimelineBuilder wants them
    Ns from = 0;
    Ns to = 0;
    std::map<std::int32_t, std::int32_t> pids; // by tid of a vCPU thread; those that the records tell
    int blindStretches = 0;
};

RandomStream randomStream(std::uint32_t seed);

} // namespace exitscope::testing
