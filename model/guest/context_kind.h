// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/guest/guest_trace.h"

namespace exitscope {

// A context of a guest's CPU as it is told, whoever's it is: equal kinds have equal texts.
struct ContextKind {
    GuestMode mode = GuestMode::Unknown;
    std::uint32_t callName = kNoName; // of Syscall: in GuestTrace::names; kNoName: not known
    IrqSource source = IrqSource::Handler; // of Softirq and Interrupt
    std::int32_t irq = kNoIrq; // so too

    bool operator==(const ContextKind &) const = default;
};
ContextKind kindOf(const GuestTrace &guest, const GuestContext &context);
// "user", "kernel", "idle", "syscall:pwrite64", "softirq:TIMER", "irq:4"; empty of Unknown.
QString contextText(const GuestTrace &guest, const ContextKind &context);

} // namespace exitscope
