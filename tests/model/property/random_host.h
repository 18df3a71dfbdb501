// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <random>
#include <vector>

#include "model/trace/wire/record.h"

// A make-believe host: pCPUs that run vCPU threads, other threads and nothing, and write undamaged events.
namespace exitscope::testing {

class Dice {
public:
    explicit Dice(std::uint32_t seed) : m_random(seed) { }
    int below(int n) { return static_cast<int>(m_random() % static_cast<std::uint32_t>(n)); }
    int between(int low, int high) { return low + below(high - low + 1); } // both included
    bool chance(int percent) { return below(100) < percent; }

private:
    std::mt19937 m_random;
};

struct HostOptions {
    int pcpus = 1;
    int vcpus = 1;
    int steps = 300;
    std::uint32_t isa = 2;
    bool equalTimes = false;
    bool interrupts = true;
    bool idleThreads = true; // pCPUs run thread 0 when they idle; else a thread of their own
};

inline constexpr std::int32_t kFirstVcpuTid = 101;

// One stream of events per pCPU.
std::vector<std::vector<Record>> randomHost(const HostOptions &options, Dice &dice);

} // namespace exitscope::testing
