// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "tests/model/property/event_lists.h"

// A make-believe host: pCPUs that run vCPU threads, other threads and nothing, and write undamaged events.
namespace exitscope::testing {

enum class EqualTimes : std::uint8_t {
    None,
    OfOnePcpu, // only of events that follow each other on one pCPU
    Anywhere, // so that the order of events of several pCPUs is not theirs
};

struct HostOptions {
    int pcpus = 1;
    int vcpus = 1;
    int steps = 300;
    std::uint32_t isa = 2;
    EqualTimes equalTimes = EqualTimes::None;
    bool strict = true; // only what a kernel would write: interrupt work ends before what it interrupted goes on, VMX
                        // tells an exit before the interrupt that caused it, nothing comes into an entry that fails
    bool interrupts = true;
    bool idleThreads = true; // pCPUs run thread 0 when they idle; else a thread of their own
    bool deaths = true; // vCPU threads exit, and their tids come back as new threads
    bool lateExits = true; // a thread may be switched out between its run and the exit event, as on AMD
    bool manyIoctls = false; // and exits of KVM_RUN that no kvm_userspace_exit tells before
    int userspaceExitPercent = 0; // of what is done in KVM_RUN: it is left with KVM_EXIT_HLT or KVM_EXIT_IO
    int failedEntryPercent = 8; // of VMX
    int equalTimePercent = 30; // of the events that may have the time of the one before
    int samePcpuPercent = 0; // of the steps that stay where the last one was, at least
    bool vcpuIds = true; // kvm_exit tells a vcpu_id
};

inline constexpr std::int32_t kFirstVcpuTid = 101;
inline constexpr std::uint64_t kOtherIoctl = 0x4008ae6a;

// One list for each pCPU.
std::vector<Events> randomHost(const HostOptions &options, Dice &dice);

} // namespace exitscope::testing
