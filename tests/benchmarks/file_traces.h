// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

// Traces of one file with a storm of exits: two vCPUs, each on a CPU of its own, a sched_switch every hundred events.
namespace exitscope::bench {

void writeDat(const std::string &path, std::int64_t events); // trace-cmd's version 7, not packed
void writePerf(const std::string &path, std::int64_t events); // perf record, a round every thousand events

} // namespace exitscope::bench
