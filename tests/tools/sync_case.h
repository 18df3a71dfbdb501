// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/recording.h"
#include "tests/tools/told_machine.h"

namespace exitscope::testing {

// Of written machines: when the host's recording begins, and how far a guest's clock is from it at most.
inline constexpr Ns kHostBeginNs = 1'795'386'299'019'930'522;
inline constexpr Ns kDayNs = 86'400'000'000'000;
inline constexpr double kMostDrift = 200e-6;

// How a written pair of host and guests is made.
struct SyncCaseOptions {
    std::uint32_t seed = 0;
    Ns spanNs = 2'000'000'000; // of the host's recording; guests begin before and end after it
    std::size_t vms = 1;
    std::size_t vcpus = 2; // of each
    bool changesRate = false; // twice
    bool losesEvents = false; // 2 %, on both sides
    Ns edgeNs = 1000; // so near to entries and exits events come
    std::size_t eventsPerRun = 3;
    Ns quietNs = 0; // … and no nearer, so that shorter runs than twice that have none
    // The guest's recording, from the begin of the host's; as it is, a tenth longer on both sides.
    std::optional<TimeRange> guest = {};
    // Of one VM: its guest's events are those of threads, calls and interrupts, and the host's exits tell
    // (tellMachine).
    bool tellsThreads = false;
};

// A recording made in memory, as the loader would give it, and what is true of it.
struct SyncCase {
    Recording recording;
    std::vector<ClockMap> truth; // by guest, from its clock to the host's
    std::vector<std::size_t> vmOf; // by guest
    std::vector<std::vector<TrueExit>> exits; // by vCPU; of cases that tell threads
};

// Clocks that differ by up to 30 days and drift by up to 200 ppm either way. The same options give the same case.
SyncCase makeSyncCase(const SyncCaseOptions &options);

// Puts the machine, as it is told with threads, calls and exits, in the place of the one VM of a case and of its guest.
// Timers and deadlines stay.
void tellThreads(SyncCase &made, const MachineCourse &course);

// Writes the first VM of a case and its guest as traces `host` and `guest` into the directory: VM entries and exits of
// its runs, a system call for each event of the guest, all with contexts. Of cases without losses. Returns the number
// of events.
std::int64_t writeSyncPair(const std::string &directory, const SyncCase &made);

} // namespace exitscope::testing
