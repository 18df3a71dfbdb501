// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/tools/sync_case.h"

namespace exitscope::testing {

// A guest that leaves guest mode often and for short, at nearly the same intervals: what makes many maps fit.
struct FastMachineOptions {
    std::uint32_t seed = 0;
    Ns spanNs = 0; // of the host's recording; the guest's begins before and ends after it
    std::size_t vcpus = 1;
    double exitNs = 1500; // how long an exit lasts
    double periodNs = 20'000; // from VM entry to VM entry
    double jitter = 0; // of the period, either way
    Ns edgeNs = 200; // events come so near to entries and exits
    std::size_t eventsPerRun = 2; // two at the least: one near the entry, one near the exit
    bool rests = true; // a halt of some tenths of a millisecond to some milliseconds every few milliseconds
    TimeRange restEdge{5, 1000}; // how far the first event of a busy phase comes after VM entry, the last before HLT
    bool setsDeadlines = false; // timers, of which host and guest know when they expire
    double deadlinesUntil = 1; // of the recording; there are none after it
    bool losesEvents = false; // on both sides
    // Each run ends with a CPUID whose guest_rip the host recorded, and of each guest event it is known whether the
    // kernel runs after it.
    bool tellsCode = false;
    bool hasLowKernel = false; // and the guest's kernel lies where programs do, as one of 32 bits
    bool tellsThreads = false; // instead: as of makeSyncCase()

    // Whether what the guest recorded tells one map from those that lie a part of a period off.
    bool decides() const { return setsDeadlines || (rests && restEdge.to <= 1000); }
};

// All that is free drawn from the seed: exits of 0.5 to 50 µs every 2 to 200 µs, jitter of 0 to 2 %, two to fifty
// events a run. Recorded for some ten thousand runs, at the most a second.
FastMachineOptions drawFastMachine(std::uint32_t seed);

// Exits of 1.5 µs every 20 µs, events just before and after each, and none near rests: several maps fit.
FastMachineOptions farFromRests(std::uint32_t seed);

// One host, one VM, one guest; clocks as in makeSyncCase().
SyncCase makeFastMachine(const FastMachineOptions &options);

} // namespace exitscope::testing
