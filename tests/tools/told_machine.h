// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/recording.h"
#include "tests/tools/vcpu_of_runs.h"

namespace exitscope::testing {

// What truly happened on one vCPU, on the host's clock.
struct VcpuCourse {
    std::vector<Run> runs; // before and after the host's recording too
    std::vector<Ns> events; // the guest's, within runs, ordered; those that its tracer lost too
    std::vector<TimeRange> hostLosses, guestLosses; // events of these times are lost
};

// Of the events, on the guest's clock: those that were not lost.
std::vector<Ns> recordedEvents(const VcpuCourse &vcpu, const ClockMap &truth);

struct MachineCourse {
    std::uint32_t seed = 0;
    TimeRange recorded; // by the host
    ClockMap truth; // from the guest's clock to the host's
    std::vector<VcpuCourse> vcpus;
};

// What an exit truly interrupted, by the order of the guest's events.
struct TrueExit {
    Ns event = 0; // of its kvm_exit
    std::int32_t tid = 0;
    int life = 1; // of those that the id had, one after the other
    std::string thread; // its name
    std::string call; // of the thread; "none"
    std::string context; // as manual "Guests" calls it
};

struct ToldMachine {
    Timeline host; // of one VM
    GuestTrace guest;
    std::vector<std::vector<TrueExit>> exits; // by vCPU; of all runs that end within the host's recording
};

// Lets the guest work at its events (GuestWork) and the host write down its entries, exits and switches, each on a pCPU
// of its own for each vCPU; tells both as sources would, with what was lost, and builds what the loader would.
ToldMachine tellMachine(const MachineCourse &course, ReasonTable &reasons);

} // namespace exitscope::testing
