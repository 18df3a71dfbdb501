// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/alignment.h"
#include "model/clock/feasible_lines.h"
#include "model/clock/guest_on_vm.h"

namespace exitscope {

// A guest that is tried on a VM: the best map by each kind of evidence, with its verdict. All that it refers to
// outlives it. Of no use once the budget has ended.
class VmTrial {
public:
    VmTrial(
        const Recording &recording, std::size_t guest, const VmKey &vm, const VmRuns &runs, const SearchBudget &budget)
        : m_recording(recording), m_trace(recording.guests[guest]), m_guest(guest), m_vm(vm), m_runs(runs),
          m_budget(budget)
    {
    }

    GuestAlignment byContainment(const CpuMap &vcpuOf) const;
    // None without vmsync pairs; their map is narrowed by containment.
    std::optional<GuestAlignment> byVmsync() const;
    // The same on the same vCPUs under a map of the user.
    GuestAlignment under(const GuestAlignment &before, const ClockMap &map) const;
    // On those that it fits best.
    GuestAlignment byUser(const ClockMap &map) const;
    // By what a tool measured: Aligned if the guest's events lie in the runs of the VM then, else None.
    GuestAlignment byTool(const ClockMap &map) const;
    // What timer deadlines say beside a map, within its bounds.
    void estimate(GuestAlignment &alignment) const;

private:
    GuestAlignment begun(SyncMethod method, const CpuMap &vcpuOf) const;
    void complete(GuestAlignment &alignment) const;
    void lookAtPieces(GuestAlignment &alignment) const;
    void decideByDeadlines(GuestAlignment &alignment) const;
    LineRegions regionsWithin(const std::vector<InstantBounds> &bounds, const CpuMap &vcpuOf) const;
    void takeRegions(GuestAlignment &alignment) const;

    const Recording &m_recording;
    const GuestTrace &m_trace;
    std::size_t m_guest;
    VmKey m_vm;
    const VmRuns &m_runs;
    const SearchBudget &m_budget;
};

// With a map of the user in place of what was found, and nothing that followed from that.
GuestAlignment given(GuestAlignment alignment, const ClockMap &map);

} // namespace exitscope
