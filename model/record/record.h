// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "model/record/target.h"

// What is true of one event of a trace, as it travels from a source to the state machine.
// Standard library only: exitscope-reader and the model share this file.
namespace exitscope {

// Signed nanoseconds on the host's trace clock from its origin (manual "Definitions").
using Ns = std::int64_t;

// "No such time". Smaller than every real time, so it never wins a max().
inline constexpr Ns kNoTime = std::numeric_limits<Ns>::min();
// "Until the recording ends"; later than every real time.
inline constexpr Ns kEndOfRecording = std::numeric_limits<Ns>::max();
// Thread ids and physical CPUs are never negative; -1 is "not known".
inline constexpr std::int32_t kNoThread = -1;
inline constexpr std::int32_t kNoPcpu = -1;
// No machine has more; what a stream calls beyond it is not known.
inline constexpr std::int32_t kMaxPcpu = 65535;
// A number of an interrupt that is not told.
inline constexpr std::int32_t kNoIrq = -1;
// The softirq in which the kernel runs timers that need no hard interrupt.
inline constexpr std::int32_t kHrtimerSoftirq = 8;
// A `vcpu_id` field that the event does not have.
inline constexpr std::int64_t kNoVcpuId = -1;

enum class EventKind : std::uint8_t {
    HostProof, // any other host event: its pCPU is not in guest mode
    VmEntry, // kvm_entry
    VmExit, // kvm_exit
    UserspaceExit, // kvm_userspace_exit
    IoctlEntry, // entry of an ioctl, of KVM_RUN or not (see IoctlEntryData::cmd)
    IoctlExit, // exit of an ioctl
    SchedSwitch,
    SchedWakeup, // sched_wakeup, sched_wakeup_new; not sched_waking
    IrqBegin, // host interrupt work begins (irq_handler, softirq, x86_irq_vectors, hrtimer_expire)
    IrqEnd,
    // What relates the clocks of a host and its guests:
    TimerStart, // timer_hrtimer_start
    DeadlineWrite, // kvm_msr: the guest wrote its TSC deadline; other kvm_msr are Touch
    Vmsync, // vmsync_*, of add-on modules in host and guest
    TscOffset, // kvm_write_tsc_offset
    ThreadExit, // sched_process_exit of Record::tid
    // Why, and who:
    Touch, // KVM handles what the guest touched: kvm_pio, kvm_mmio, kvm_cpuid, kvm_inj_virq, …
    HaltWakeup, // kvm_vcpu_wakeup: a halt ends
    HaltPolling, // kvm_halt_poll_ns: how long the next halt is polled
    Migration, // sched_migrate_task: a thread waits on another pCPU from here on
    // What a source says without an event of its own:
    ThreadInfo, // the process or the name of a thread became known or changed
    NextSwitch, // the next sched_switch of the stream takes the thread `tid` off `pcpu`; kNoThread: a blind stretch of
                // the stream comes first, or its end
    Blind, // a blind stretch of the stream begins: after the event before this record (manual "Definitions", Loss)
    Sighted, // and ends: before the event that follows
};
inline constexpr int kEventKinds = 23;
// Whether it is an event of the trace, and nothing that a source says beside.
constexpr bool isEvent(EventKind kind)
{
    return kind < EventKind::ThreadInfo;
}

// The kinds of host interrupt work; nesting is counted per kind.
enum class IrqSource : std::uint8_t { Handler, Softirq, Vector, Hrtimer };
inline constexpr int kIrqSources = 4;

// Of a round trip between a guest and its host, from the guest (gh) or back into it (hg), the point that an event
// marks.
enum class VmsyncPoint : std::uint8_t { GuestCalls, HostReceives, HostAnswers, GuestResumes };

// Of a HostProof. The rest is told of guests only, but for marks.
struct PlainData {
    std::uint8_t entersKernel; // 1: a system call begins, so that its CPU runs the kernel's code until its next event
    std::uint8_t leavesKernel; // 1: one ends
    std::uint8_t facts; // PlainFact bits
    std::uint32_t call; // of a system call, 1 + the index of its name, told before on the same stream; 0: none
    std::int32_t callNumber; // of one that has no name: the kernel's number, on x86-64
    std::uint32_t file; // that it opens, or of a mark its text: so too; 0: none
    std::int64_t returned; // by the call that ends
    std::int32_t thread; // that a fork made, or the state dump tells of; 0: none
};
enum PlainFact : std::uint8_t {
    HasCallNumber = 1u << 0,
    HasReturned = 1u << 1,
    IsFork = 1u << 2, // `thread` begins to live
    IsKernelThread = 1u << 3, // `thread` never runs a program
    IsMark = 1u << 4, // a text that someone wrote into the trace
};
struct EntryData {
    std::int64_t vcpuId; // as recorded (LTTng on kernels from 5.10 writes garbage); kNoVcpuId if absent
};
struct ExitData {
    std::uint64_t guestRip;
    std::uint64_t reason; // as recorded, 32 or 64 bits; a 32-bit value is not extended by its sign
    std::int32_t vcpuId; // kNoVcpuId if absent
    std::uint32_t intrInfo; // only where Record::hasIntrInfo
    Target target; // by the event's own fields
};
struct UserspaceExitData {
    std::int32_t reason; // KVM_EXIT_*
    std::int32_t error; // errno, negative on error
};
struct IoctlEntryData {
    std::uint64_t cmd;
};
struct IoctlExitData {
    std::int64_t returned; // only with `isKnown`
    std::uint8_t isKnown; // 1
};
struct SwitchData {
    std::int64_t prevState;
    std::int32_t prevTid;
    std::int32_t nextTid;
};
// Of a prev_state (manual "Definitions"): the thread wants a pCPU; or it is no more. Else it is asleep.
constexpr bool leavesRunnable(std::int64_t prevState)
{
    return (prevState & 0xff) == 0;
}
constexpr bool leavesDead(std::int64_t prevState)
{
    return (prevState & 0x70) != 0;
}
struct WakeupData {
    std::int32_t tid; // who is woken
    std::int32_t pcpu; // where it waits then; kNoPcpu if not recorded
};
struct IrqData {
    IrqSource source;
    std::int32_t number; // of the line, the softirq or the vector, by the source; kNoIrq if not told
};
struct TimerData {
    std::int64_t expires; // ns on the kernel's own clock, without the offset of the trace clock
};
struct VmsyncData {
    std::uint64_t vmUid; // of the guest; drawn when its module is loaded
    std::uint32_t count; // numbers what one side says and the other hears
    VmsyncPoint point;
};
struct TscOffsetData {
    std::int64_t next; // guest TSC - host TSC, in cycles
    std::int64_t previous;
    std::int32_t vcpuId;
};
struct TouchData {
    Target target; // never None
    std::uint8_t ofDevice; // 1: the page is of a device
};
struct HaltWakeupData {
    std::int64_t ns; // how long the vCPU polled and slept
    std::uint8_t slept; // 1: it slept; 0: it polled only
    std::uint8_t valid; // 0: the poll gave a wrong hope (the kernel's `valid`)
};
struct HaltPollingData {
    std::int64_t nextNs;
    std::int64_t previousNs;
    std::int32_t vcpuId;
};
struct MigrationData {
    std::int32_t tid;
    std::int32_t from; // pCPUs; kNoPcpu where the event tells none that can be
    std::int32_t to;
};
struct ThreadData {
    std::int32_t pid; // of Record::tid; kNoThread if not known
    std::uint32_t name; // index of a name told before on the same stream; kNoName if not known
};
inline constexpr std::uint32_t kNoName = std::numeric_limits<std::uint32_t>::max();
struct NextSwitchData {
    Ns atNs; // of the sched_switch, or of the event behind which that stretch begins; kEndOfRecording at the end
};
struct BlindData {
    std::uint8_t ofSwitches; // 1: the stream declares sched_switch, so who is where is not known either; else 0
    std::uint8_t fromBegin; // 1: there is no event before; the begin of the recording stands for it; else 0
};

// IoctlEntryData::cmd of KVM_RUN (linux/kvm.h).
inline constexpr std::uint64_t kKvmRun = 0xae80;
// The MSR by which a guest sets its TSC deadline timer.
inline constexpr std::uint32_t kTscDeadlineMsr = 0x6e0;

struct Record {
    Ns timeNs = 0;
    std::int32_t pcpu = kNoPcpu;
    std::int32_t tid = kNoThread; // the `tid` context; kNoThread without one
    EventKind kind = EventKind::HostProof;
    bool provesHost = true; // false for what KVM itself can record between kvm_entry and the real VM entry
    bool hasIntrInfo = false;
    std::uint8_t isa = 0; // of a VmExit: kIsa…, 0: the event does not say
    std::uint32_t stream = 0; // which of the merged streams it came from
    union {
        PlainData plain;
        EntryData entry;
        ExitData exit;
        UserspaceExitData userspaceExit;
        IoctlEntryData ioctlEntry;
        IoctlExitData ioctlExit;
        SwitchData switched;
        WakeupData wakeup;
        IrqData irq;
        TimerData timer;
        VmsyncData vmsync;
        TscOffsetData tscOffset;
        TouchData touch;
        HaltWakeupData haltWakeup;
        HaltPollingData haltPolling;
        MigrationData migration;
        ThreadData thread;
        NextSwitchData nextSwitch;
        BlindData blind;
        std::uint64_t raw[4] = {0, 0, 0, 0};
    };
};
static_assert(std::is_trivially_copyable_v<Record> && sizeof(Record) == 56);

} // namespace exitscope
