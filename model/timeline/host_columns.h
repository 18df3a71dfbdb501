// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <limits>
#include <optional>

#include "model/record/record.h"
#include "model/timeline/column.h"

// What a host's recording tells beside the states and the exits of its vCPUs: who ran where, and how halts went.
namespace exitscope {

// A thread of the host that ran, or that another row speaks of; one of each tid, by the last that was told of it.
struct HostThread {
    std::int32_t tid = kNoThread; // 0: an idle thread
    std::optional<std::int32_t> pid; // its process
    QString name; // empty: not told
};
inline constexpr std::uint32_t kUnknownHostThread = std::numeric_limits<std::uint32_t>::max();

// Who ran on a pCPU, by sched_switch: from begin[i] to the next one, or to the end of the recording.
struct PcpuColumns {
    std::int32_t pcpu = kNoPcpu;
    Column<Ns> begin; // ordered; nothing is known before the first
    Column<std::uint32_t> thread; // index into Timeline::threads, or kUnknownHostThread
};

// On which pCPU a vCPU waits while it is preempted (manual "Who took the CPU"): from begin[i] to the next one.
struct WaitColumns {
    Column<Ns> begin;
    Column<std::int32_t> pcpu; // kNoPcpu where it is not known
};

// kvm_vcpu_wakeup of a vCPU, as recorded.
struct HaltColumns {
    Column<Ns> time; // ordered
    Column<Ns> lasted; // how long it polled and slept, ns
    Column<std::uint8_t> slept; // 1: it slept; 0: it polled only
    Column<std::uint8_t> valid;
    Column<Ns> pollingTime; // kvm_halt_poll_ns, ordered
    Column<Ns> polling; // how long it polls from then on, ns
};

} // namespace exitscope
