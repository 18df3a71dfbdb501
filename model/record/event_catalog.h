// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
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

// The name of a system call: kept by value, as what it was read from may go. Longer ones do not exist.
class CallName {
public:
    constexpr CallName() = default;
    constexpr CallName(std::string_view name) : m_size(static_cast<std::uint8_t>(std::min(name.size(), kMost)))
    {
        std::copy_n(name.begin(), m_size, m_text.begin());
    }
    std::string_view text() const { return {m_text.data(), m_size}; }

private:
    static constexpr std::size_t kMost = 31;
    std::array<char, kMost> m_text{};
    std::uint8_t m_size = 0;
};

struct EventClass {
    EventKind kind = EventKind::HostProof;
    bool provesHost = true;
    IrqSource irq = IrqSource::Handler; // IrqBegin and IrqEnd only
    bool newThread = false; // ThreadInfo from sched_process_fork; else from the statedump
    VmsyncPoint vmsync = VmsyncPoint::GuestCalls; // Vmsync only
    bool entersKernel = false; // HostProof: the entry of a system call that is none of the kinds
    bool leavesKernel = false; // or the exit of one
    bool isMark = false; // HostProof: a text that someone wrote into the trace
    CallName call = {}; // its name; of one that only has a number empty
    ExitForm exitForm = ExitForm::Reason; // VmExit only; by the fields that it has
    TargetKind touches = TargetKind::None; // Touch only
    bool ofDevice = false; // Touch of a page only: of a device
};

// "kvm:kvm_exit", "kvm_x86_exit" and "kvm_exit" are one event: "kvm_exit".
std::string_view canonicalName(std::string_view recordedName, char (&buffer)[64]);

EventClass classify(std::string_view recordedName);

} // namespace exitscope
