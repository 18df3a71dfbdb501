// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/session/guest_clocks.h"

namespace exitscope::testing {

struct ManyThreadsShape {
    std::uint32_t threads = 2000; // ten of each process
    std::size_t cpus = 4; // of the guest, each on a vCPU of its own
    std::size_t turns = 420'000; // on each CPU: each a run of its vCPU, and three events of the guest
};

// One VM whose guest has very many threads, which take turns: in each run of a vCPU one comes, enters a system call,
// leaves it, and is out of guest mode for 1 µs; then it waits or sleeps.
struct ManyThreads {
    std::shared_ptr<const Recording> recording;
    ClockLine line; // the guest's clock, as it is

    GuestMaps maps() const; // as if that had been found
};
ManyThreads makeManyThreads(const ManyThreadsShape &shape = {});

} // namespace exitscope::testing
