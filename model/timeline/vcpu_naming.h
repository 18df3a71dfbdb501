// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

#include "model/record/record.h"

// Which VM a vCPU belongs to, and what both are called (manual "Definitions", Threads, vCPUs, VMs).
namespace exitscope {

// All that is said about the `vcpu_id` of one kind of event of a thread.
struct ClaimedId {
    std::int64_t value = kNoVcpuId; // the last that was recorded; kNoVcpuId if none was
    bool constant = true; // each event had it

    void claim(std::int64_t id)
    {
        constant = constant && id != kNoVcpuId && (value == kNoVcpuId || value == id);
        if (id != kNoVcpuId)
            value = id;
    }
    bool wasRecorded() const { return value != kNoVcpuId; }
};

// A thread that makes VM entries or exits, or a pseudo-vCPU.
struct NamedVcpu {
    std::size_t source = 0; // given back in NamedRow
    std::int32_t tid = kNoThread; // kNoThread for a pseudo-vCPU; a tid that died and came back is two threads
    std::int32_t pcpu = kNoPcpu; // of a pseudo-vCPU
    std::optional<std::int32_t> pid;
    QString threadName;
    QString vmName; // that the trace says for certain; empty: it does not
    std::optional<int> number; // so too
    ClaimedId entryIds;
    ClaimedId exitIds;
    Ns firstEvent = kNoTime; // of its KVM events
    Ns lastEvent = kNoTime;
};

// A vCPU.
struct NamedRow {
    QString number; // "0"; "tid 904" of one that is known by its thread; "pCPU 0" of a pseudo-vCPU
    std::vector<std::size_t> sources; // the threads that are this one vCPU, in the order of time
    std::int32_t tid = kNoThread; // of the last of them; kNoThread for a pseudo-vCPU
};

// A thread with recorded ids that has no number.
struct DistrustedIds {
    std::int32_t tid;
    QString recorded; // what is wrong with them
};

struct NamedVm {
    QString name;
    std::optional<std::int32_t> pid;
    std::vector<NamedRow> rows; // by number, then those known by their threads by tid, then pseudo-vCPUs
    std::vector<DistrustedIds> distrusted; // ordered by tid
    bool ranked = false; // no thread has a number: the ranks of the tids stand for them
};

// `processName`: of a pid, empty if not known.
std::vector<NamedVm> nameVms(
    const std::vector<NamedVcpu> &vcpus, const std::function<QString(std::int32_t)> &processName);

// What the user is told of NamedVm::distrusted, if there are any.
QString distrustedIdsText(const NamedVm &vm);

} // namespace exitscope
