// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/exit_costs.h"
#include "model/clock/alignment.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

// What the threads, the system calls and the interrupts of guests got and lost (manual "Accounts of guests").
namespace exitscope {

// The time that a guest gave to something on a CPU, by what its vCPU did meanwhile, and the exits meanwhile. ns.
struct GuestAccount : ExitCosts {
    TimePerState states{};
    std::int64_t uncertain = 0; // of the exits: charged here, and it may be another one's
    bool areTimesKnown = true; // else no more than that it happened: nothing else of this is known

    GuestAccount &operator+=(const GuestAccount &other);
    Ns in(VcpuState state) const { return states[static_cast<std::size_t>(state)]; }
    Ns onCpu() const; // as the guest thinks
    Ns lost() const; // Kvm, Userspace, Preempted and Blocked
};

struct ThreadAccount : GuestAccount {
    std::uint32_t thread = kNobody; // in GuestTrace::threads; kNobody: it is not known who
};

struct CallAccount : GuestAccount { // without interrupts on top
    QString name;
    std::int64_t calls = 0; // entered within the range, on a CPU of the selected vCPUs
    std::int64_t ended = 0; // of these, whose exit was seen
    Ns wall = 0; // of those that ended, from entry to exit
};

struct InterruptAccount : GuestAccount { // while it is the innermost one
    IrqSource source = IrqSource::Handler;
    std::int32_t irq = kNoIrq; // its number; kNoIrq if not known
    std::int64_t handlers = 0; // begun within the range, on a CPU of the selected vCPUs
};

// Of one VM whose guest is aligned.
struct GuestAccounts {
    VmKey vm;
    std::size_t guest = 0; // in Recording::guests
    std::vector<ThreadAccount> threads; // most lost first, then idle threads, then nobody
    std::vector<CallAccount> calls; // most lost first
    std::vector<InterruptAccount> interrupts; // so too
};

// Over the range and the vCPUs of the selection; its other filters touch only the exits. The accounts of all threads of
// a VM sum to the totals of the vCPUs to the nanosecond. `selection` has guests, of the same alignments. Incomplete if
// it was cancelled.
std::vector<GuestAccounts> guestAccountsOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, CancelFlag cancel = nullptr);

} // namespace exitscope
