// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "model/clock/containment.h"
#include "model/clock/deadlines.h"
#include "model/guest/guest_trace.h"

namespace exitscope {

// The runs of all vCPUs of a VM, made once and used for every guest that is tried on it.
class VmRuns {
public:
    VmRuns(const Timeline &host, const Vm &vm);

    // Threads are not known: a guest CPU can have run on any physical one.
    bool isPseudo() const { return m_isPseudo; }
    std::size_t size() const { return m_runs.size(); }
    const Vm &vm() const { return *m_vm; }
    const Timeline &host() const { return *m_host; }

    // The vCPU with the number of each guest CPU; none where there is none.
    std::vector<std::optional<std::size_t>> sameNumbers(const GuestTrace &guest) const;
    // The events of each guest CPU against the runs of the vCPU that it is taken for.
    GuestOnVm with(const GuestTrace &guest, const std::vector<std::optional<std::size_t>> &vcpuOf) const;
    const RunTrack &runs(std::size_t vcpu) const { return m_runs[vcpu]; }

    // The deadlines of each guest CPU and of its vCPU.
    std::vector<DeadlinesOfVcpu> deadlines(
        const GuestTrace &guest, const std::vector<std::optional<std::size_t>> &vcpuOf) const;

private:
    const Timeline *m_host;
    const Vm *m_vm;
    bool m_isPseudo;
    std::vector<RunTrack> m_runs;
    RunTrack m_any; // of pseudo-vCPUs
    RunTrack m_never;
};

// Which guest CPU is which vCPU, by their events alone: for guests that number their CPUs in another way than the host.
// Nothing if no assignment is supported.
std::vector<std::optional<std::size_t>> vcpusByLikelihood(const GuestTrace &guest, const VmRuns &vm);

} // namespace exitscope
