// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "model/clock/containment.h"
#include "model/clock/deadlines.h"
#include "model/guest/guest_trace.h"

namespace exitscope {

// Of each guest CPU the index of its vCPU.
using CpuMap = std::vector<std::optional<std::size_t>>;

// The runs of all vCPUs of a VM, made once and used for every guest that is tried on it.
class VmRuns {
public:
    // Of no use if the budget ended meanwhile.
    VmRuns(const Timeline &host, const Vm &vm, const SearchBudget &budget = {});

    // Threads are not known: a guest CPU can have run on any physical one.
    bool isPseudo() const { return m_isPseudo; }
    std::size_t size() const { return m_runs.size(); }
    const Vm &vm() const { return *m_vm; }
    const Timeline &host() const { return *m_host; }

    // Some are known by their threads only: a CPU without a vCPU of its number may be one of them.
    bool hasNumberless() const;
    // The vCPU with the number of each guest CPU; none where there is none.
    CpuMap sameNumbers(const GuestTrace &guest) const;
    // The events of each guest CPU against the runs of the vCPU that it is taken for.
    GuestOnVm with(const GuestTrace &guest, const CpuMap &vcpuOf) const;
    const RunTrack &runs(std::size_t vcpu) const { return m_runs[vcpu]; }

    // The deadlines of each guest CPU and of its vCPU.
    std::vector<DeadlinesOfVcpu> deadlines(const GuestTrace &guest, const CpuMap &vcpuOf) const;

private:
    const Timeline *m_host;
    const Vm *m_vm;
    bool m_isPseudo;
    std::vector<RunTrack> m_runs;
    RunTrack m_any; // of pseudo-vCPUs
    RunTrack m_never;
};

} // namespace exitscope
