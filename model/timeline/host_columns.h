// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/column.h"

// What a host's recording tells beside the states and the exits of its vCPUs: who ran where, and how halts went.
namespace exitscope {

// Texts that were written into a host's trace, in the order of their time.
struct HostMarks {
    std::vector<Ns> time;
    std::vector<QString> text;

    std::size_t size() const { return time.size(); }
};

// A thread of the host that ran, one of each tid: by the last that was told of it.
struct HostThread {
    std::int32_t tid = kNoThread; // 0: an idle thread
    std::optional<std::int32_t> pid; // its process
    QString name; // empty: not told
    std::optional<std::size_t> vm; // position in Timeline::vms: it is of that VM's process, or works for it
    bool isVcpu = false; // of that VM
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
    Column<Ns> begin; // ordered
    Column<std::int32_t> pcpu; // kNoPcpu where it is not known
};

// How halts of a vCPU ended, as recorded.
struct HaltColumns {
    Column<Ns> time; // of each kvm_vcpu_wakeup, ordered
    Column<Ns> lasted; // how long it polled and slept, ns
    Column<std::uint8_t> slept; // 1: it slept; 0: it polled only
    Column<Ns> pollingTime; // of each kvm_halt_poll_ns, ordered
    Column<Ns> polling; // how long it polls from then on, ns
    std::optional<Ns> pollingBefore; // before the first of them

    // How long KVM was ready to poll in a halt that began then.
    std::optional<Ns> pollingAt(Ns t) const;
};

} // namespace exitscope
