// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <unordered_map>

#include "model/timeline/pcpu_view.h"
#include "model/timeline/vcpu_track.h"

namespace exitscope {

// The six contradictions of README "Definitions", counted.
struct HostContradictions : TrackContradictions {
    std::int64_t wrongPcpu = 0;
    std::int64_t switchFromOther = 0;
    std::int64_t switchToElsewhere = 0;
};

// Tells each vCPU of a host what happens to it: whose event a record is, whose run it ends, who is on which pCPU.
class HostMachine {
public:
    // Reasons that occur are added to `reasons`, which must outlive the machine.
    explicit HostMachine(ReasonTable &reasons);

    void add(const Record &record);
    // No event can follow.
    void finish(Ns end);

    // By tid; also of threads that turn out to be no vCPU.
    const std::unordered_map<std::int32_t, VcpuTrack> &tracks() const { return m_tracks; }
    // By pCPU, where threads are not known.
    const std::map<std::int32_t, VcpuTrack> &pseudoTracks() const { return m_pseudo; }
    HostContradictions contradictions() const;

private:
    VcpuTrack *find(std::int32_t tid);
    VcpuTrack &track(std::int32_t tid, std::int32_t pcpu);
    std::int32_t threadOf(const Record &record) const;
    bool isKvmEvent(const Record &record, std::int32_t tid) const;

    void proveHost(const Record &record, std::int32_t tid, bool ownEvent);
    void kvmEvent(const Record &record, std::int32_t tid);
    void checkPlace(const Record &record, std::int32_t tid);
    void applyKvmEvent(const Record &record, VcpuTrack &vcpu);
    void schedSwitch(const Record &record);
    void switchIn(std::int32_t tid, std::int32_t pcpu, Ns t);
    void switchFromOther(const Record &record, std::int32_t thought);
    void interrupt(const Record &record, std::int32_t tid);
    void cutInterrupts(std::int32_t pcpu, Ns t);
    void addWork(std::int32_t pcpu, const std::optional<IrqNesting::Work> &work, Ns end);
    void blind(const Record &record);
    bool isShownElsewhere(std::int32_t tid, const VcpuTrack &vcpu, std::int32_t pcpu) const;
    void blindVcpu(std::int32_t tid, VcpuTrack &vcpu, Ns t, Ns unknownFrom);

    ReasonTable &m_reasons;
    PcpuView m_view;
    std::unordered_map<std::int32_t, VcpuTrack> m_tracks;
    std::map<std::int32_t, VcpuTrack> m_pseudo;
    std::unordered_map<std::int32_t, VcpuTrack *> m_inGuest; // by pCPU: whose run was last seen to begin there
    std::unordered_map<std::int32_t, bool> m_lastIoctlRuns; // by tid: its last ioctl entry was KVM_RUN
    std::unordered_map<std::int32_t, IrqNesting> m_irqs; // by pCPU
    HostContradictions m_contradictions; // those that it finds itself
};

} // namespace exitscope
