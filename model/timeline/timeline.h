// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "model/timeline/clock_events.h"
#include "model/timeline/columns.h"
#include "model/timeline/host_columns.h"

namespace exitscope {

// A host thread that makes VM entries or exits; or, where threads are not known, a physical CPU that does ("pCPU N").
struct Vcpu {
    QString number; // "0", or "pCPU 0" of a pseudo-vCPU
    std::optional<std::int32_t> tid; // the last that it was, if it came back as another thread; none for a pseudo-vCPU
    StateColumns states;
    ExitColumns exits;
    Column<Ns> entries; // every kvm_entry event, ordered
    StretchColumns irq; // host interrupt work while in Kvm or Userspace
    StretchColumns haltKvm; // Kvm time between the begin of a halt exit and its end
    WaitColumns waits;
    HaltColumns halts; // empty where kvm_vcpu_wakeup was not recorded
    // Of each exit with a halt the first vector that was injected before the next exit; 0: none. Of others 0. Empty
    // where none is told.
    Column<std::uint8_t> wokenBy;
};

struct Vm {
    QString name;
    std::optional<std::int32_t> pid;
    std::vector<Vcpu> vcpus; // ordered by number

    // "VM/N", as people are told it and type it. Two hosts may have the same: it is no key.
    QString vcpuId(const Vcpu &vcpu) const { return name + QLatin1Char('/') + vcpu.number; }
};

// All that one host's used traces tell.
struct Timeline {
    TimeRange range; // first to last event of all used traces of the host
    std::vector<Vm> vms; // ordered by pid, then name
    bool switchesRecorded = true; // sched_switch is declared in a used trace of the host
    HostClockEvents clockEvents = {};
    std::vector<PcpuColumns> pcpus = {}; // ordered by pCPU; empty without sched_switch
    std::vector<HostThread> threads = {};
    HostMarks marks = {};
};

} // namespace exitscope
