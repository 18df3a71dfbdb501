// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/record/record.h"

// Which events matter, under all the names that LTTng (old and new) and perf give them.
// A new event gets its row in event_catalog.cpp and nowhere else.
namespace exitscope {

// How a kvm_exit says its reason.
enum class ExitForm : std::uint8_t {
    Reason, // x86: a field exit_reason, and isa
    Arm64, // fields ret and esr_ec
    Riscv, // a field scause
};

struct EventClass {
    EventKind kind = EventKind::HostProof;
    bool provesHost = true;
    IrqSource irq = IrqSource::Handler; // IrqBegin and IrqEnd only
    bool newThread = false; // ThreadInfo from sched_process_fork; else from the statedump
    VmsyncPoint vmsync = VmsyncPoint::GuestCalls; // Vmsync only
    bool entersKernel = false; // HostProof: the entry of a system call that is none of the kinds
    bool leavesKernel = false; // or the exit of one
    ExitForm exitForm = ExitForm::Reason; // VmExit only; by the fields that it has
    TargetKind touches = TargetKind::None; // Touch only
    bool ofDevice = false; // Touch of a page only: of a device
};

// "kvm:kvm_exit", "kvm_x86_exit" and "kvm_exit" are one event: "kvm_exit".
std::string_view canonicalName(std::string_view recordedName, char (&buffer)[64]);

EventClass classify(std::string_view recordedName);

} // namespace exitscope
