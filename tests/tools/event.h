// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

// One event as tests speak of it, whatever tracer writes it down later.
namespace exitscope::testing {

enum class EventType : std::uint8_t {
    VmEntry,
    VmExit,
    UserspaceExit,
    IoctlEntry,
    IoctlExit,
    SchedSwitch,
    SchedWakeup,
    SchedWakeupNew,
    SchedWaking,
    IrqHandlerEntry,
    IrqHandlerExit,
    SoftirqEntry,
    SoftirqExit,
    HrtimerEntry,
    HrtimerExit,
    VectorEntry, // x86_irq_vectors_local_timer
    VectorExit,
    ProcessState, // lttng_statedump_process_state
    Fork,
    ProcessExit, // sched_process_exit
    VmsyncGuestCalls, // vmsync_gh_guest, of an add-on module in the guest
    VmsyncHostReceives,
    VmsyncHostAnswers,
    VmsyncGuestResumes,
    TscOffset, // kvm_x86_write_tsc_offset
    MigrateTask, // sched_migrate_task
    HaltWakeup, // kvm_vcpu_wakeup
    HaltPolling, // kvm_halt_poll_ns
    Touch, // kvm_pio and so on, by Event::otherName: what KVM handles
    Other, // any other event, by Event::otherName
};
inline constexpr int kEventTypes = 30;

inline constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();

// Each type uses the fields that it has; what a trace does not record stays kAbsent or empty.
struct Event {
    EventType type = EventType::Other;
    std::string otherName;
    // Contexts.
    std::int64_t tid = kAbsent;
    std::int64_t pid = kAbsent;
    std::string procname;
    // Entries and exits. 64-bit unsigned values keep their bits.
    std::int64_t vcpuId = kAbsent;
    std::int64_t reason = kAbsent;
    std::int64_t isa = kAbsent;
    std::int64_t rip = 0;
    std::int64_t info1 = 0;
    std::int64_t info2 = 0;
    std::int64_t intrInfo = kAbsent;
    std::int64_t error = 0; // of kvm_userspace_exit
    // System calls.
    std::int64_t cmd = 0xae80; // KVM_RUN
    std::int64_t ret = 0;
    // sched_switch
    std::int64_t prevTid = kAbsent;
    std::int64_t prevState = 0;
    std::int64_t nextTid = kAbsent;
    // The thread that a wake-up, fork or statedump speaks of.
    std::int64_t subjectTid = kAbsent;
    std::int64_t subjectPid = kAbsent;
    std::string subjectName;
    std::int64_t targetPcpu = 0; // where it waits then; -1: not told
    std::int64_t fromPcpu = 0;
    std::int64_t number = 0; // of an interrupt, what vmsync counts, or what was touched
    std::int64_t write = 0; // of a touch
    std::int64_t vmUid = 0; // vmsync
    std::int64_t nextOffset = 0; // of the TSC, in cycles
    std::int64_t previousOffset = 0;
    // Halts.
    std::int64_t ns = 0;
    std::int64_t previousNs = 0;
    std::int64_t waited = 1;

    // The thread context that a tracer would record; a sched_switch is recorded by prev.
    std::int64_t recordedTid() const { return tid == kAbsent && type == EventType::SchedSwitch ? prevTid : tid; }
};

// A key of an event in text: a number or a text member.
struct EventKey {
    std::string_view name;
    std::int64_t Event::*number = nullptr;
    std::string Event::*text = nullptr;
    bool required = false;
};

std::string_view scriptName(EventType type); // "kvm_entry"
std::span<const EventKey> keysOf(EventType type); // without the contexts

// An event that tells what KVM handles: kvm_pio, …
struct TouchForm {
    std::string_view name; // in a script, as the kernel calls it
    bool x86; // LTTng calls it kvm_x86_…
    bool inLttng; // LTTng has it at all
    std::string_view field; // of the value
    std::string_view lttngField; // where LTTng calls that otherwise
};
std::span<const TouchForm> touchForms();
const TouchForm &touchForm(std::string_view name); // throws std::invalid_argument

// "kvm_exit reason=32 isa=1 tid=31", "other:rcu_utilization tid=31", `sched_switch … next_comm="CPU 0/KVM"`.
// Throws std::invalid_argument with the cause.
Event parseEvent(std::string_view text);

// "key=value" or `key="a value"` words; throws std::invalid_argument.
struct Word {
    std::string key; // empty if the word has no '='
    std::string value;
};
// Takes the next word off `text`; false if there is none.
bool takeWord(std::string_view &text, Word &word);
// Decimal or 0x…, up to 64 bits unsigned or signed; throws std::invalid_argument.
std::int64_t parseNumber(std::string_view text);

} // namespace exitscope::testing
