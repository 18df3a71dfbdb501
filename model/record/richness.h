// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record/record.h"

// Kinds of event that occurred, as bits: what decides which of two recordings is the richer one, and what two
// recordings both have (manual "Definitions").
namespace exitscope::wire {

enum Richness : std::uint32_t {
    HasEntry = 1u << 0,
    HasExit = 1u << 1,
    HasSwitch = 1u << 2,
    HasWakeup = 1u << 3,
    HasUserspaceExit = 1u << 4,
    HasIoctl = 1u << 5,
    HasIrq = 1u << 6, // irq_handler
    HasSoftirq = 1u << 7,
    HasTid = 1u << 8,
    HasPid = 1u << 9,
    HasProcname = 1u << 10,
    // Of these a recording does not become richer.
    HasVector = 1u << 11,
    HasHrtimer = 1u << 12,
};
inline constexpr std::uint32_t kAllKinds = (HasHrtimer << 1) - 1;
inline constexpr std::uint32_t kRankedKinds = HasVector - 1;
inline constexpr std::uint32_t kInterruptKinds = HasIrq | HasSoftirq | HasVector | HasHrtimer;

// The bit of an event of this kind; 0 if it has none.
constexpr std::uint32_t richnessOf(EventKind kind, IrqSource irq)
{
    constexpr std::uint32_t kOfIrq[kIrqSources] = {HasIrq, HasSoftirq, HasVector, HasHrtimer};
    switch (kind) {
    case EventKind::VmEntry:
        return HasEntry;
    case EventKind::VmExit:
        return HasExit;
    case EventKind::UserspaceExit:
        return HasUserspaceExit;
    case EventKind::IoctlEntry:
    case EventKind::IoctlExit:
        return HasIoctl;
    case EventKind::SchedSwitch:
        return HasSwitch;
    case EventKind::SchedWakeup:
        return HasWakeup;
    case EventKind::IrqBegin:
    case EventKind::IrqEnd:
        return kOfIrq[static_cast<int>(irq)];
    default:
        return 0;
    }
}

} // namespace exitscope::wire
