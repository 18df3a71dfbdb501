// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/event_catalog.h"

#include <algorithm>

namespace exitscope {

namespace {

struct Row {
    std::string_view name; // canonical
    EventClass what;
};

constexpr EventClass of(EventKind kind)
{
    return {.kind = kind};
}
constexpr EventClass irq(EventKind kind, IrqSource source)
{
    return {.kind = kind, .irq = source};
}
constexpr EventClass vmsync(VmsyncPoint point)
{
    return {.kind = EventKind::Vmsync, .vmsync = point};
}
constexpr EventClass touch(TargetKind kind, bool ofDevice = false)
{
    return {.kind = EventKind::Touch, .touches = kind, .ofDevice = ofDevice};
}
// What KVM itself can record between kvm_entry and the real VM entry.
constexpr EventClass kNoProof{.provesHost = false};
constexpr EventClass kSyscallEntry{.entersKernel = true};
constexpr EventClass kSyscallExit{.leavesKernel = true};
// It returns to where a signal interrupted the thread, and no event tells when.
constexpr EventClass kSigreturn{};
// Of calls whose name the tracer does not know, or does not tell: a field has the number.
constexpr EventClass kAnyCallEntry{.entersKernel = true};
constexpr EventClass kAnyCallExit{.leavesKernel = true};
// Texts that programs write: into LTTng's /proc/lttng-logger, into the trace_marker of ftrace.
constexpr EventClass kMark{.isMark = true};
constexpr EventClass kFork{.kind = EventKind::ThreadInfo, .newThread = true};

// LTTng prefixes some names with their subsystem, and writes tids where the kernel and perf write pids.
constexpr Row kRows[] = {
    {"kvm_entry", of(EventKind::VmEntry)},
    {"kvm_exit", of(EventKind::VmExit)},
    {"kvm_userspace_exit", of(EventKind::UserspaceExit)},
    {"syscall_entry_ioctl", of(EventKind::IoctlEntry)},
    {"compat_syscall_entry_ioctl", of(EventKind::IoctlEntry)},
    {"syscall_exit_ioctl", of(EventKind::IoctlExit)},
    {"compat_syscall_exit_ioctl", of(EventKind::IoctlExit)},
    {"sys_ioctl", of(EventKind::IoctlEntry)}, // LTTng before 2.6; its exit_syscall tells no call's name
    {"compat_sys_ioctl", of(EventKind::IoctlEntry)},
    {"sys_enter_ioctl", of(EventKind::IoctlEntry)}, // perf
    {"sys_exit_ioctl", of(EventKind::IoctlExit)},
    {"syscall_entry_rt_sigreturn", kSigreturn},
    {"compat_syscall_entry_rt_sigreturn", kSigreturn},
    {"compat_syscall_entry_sigreturn", kSigreturn},
    {"sys_enter_rt_sigreturn", kSigreturn},
    {"syscall_entry_unknown", kAnyCallEntry},
    {"syscall_exit_unknown", kAnyCallExit},
    {"sys_enter", kAnyCallEntry}, // raw_syscalls of perf and ftrace
    {"sys_exit", kAnyCallExit},
    {"lttng_logger", kMark},
    {"print", kMark},
    {"tracing_mark_write", kMark},
    {"sched_switch", of(EventKind::SchedSwitch)},
    {"sched_wakeup", of(EventKind::SchedWakeup)},
    {"sched_wakeup_new", of(EventKind::SchedWakeup)},
    {"sched_process_fork", kFork},
    {"sched_process_exit", of(EventKind::ThreadExit)},
    {"lttng_statedump_process_state", of(EventKind::ThreadInfo)},
    {"irq_handler_entry", irq(EventKind::IrqBegin, IrqSource::Handler)},
    {"irq_handler_exit", irq(EventKind::IrqEnd, IrqSource::Handler)},
    {"irq_softirq_entry", irq(EventKind::IrqBegin, IrqSource::Softirq)},
    {"irq_softirq_exit", irq(EventKind::IrqEnd, IrqSource::Softirq)},
    {"softirq_entry", irq(EventKind::IrqBegin, IrqSource::Softirq)},
    {"softirq_exit", irq(EventKind::IrqEnd, IrqSource::Softirq)},
    {"timer_hrtimer_expire_entry", irq(EventKind::IrqBegin, IrqSource::Hrtimer)},
    {"timer_hrtimer_expire_exit", irq(EventKind::IrqEnd, IrqSource::Hrtimer)},
    {"hrtimer_expire_entry", irq(EventKind::IrqBegin, IrqSource::Hrtimer)},
    {"hrtimer_expire_exit", irq(EventKind::IrqEnd, IrqSource::Hrtimer)},
    {"timer_hrtimer_start", of(EventKind::TimerStart)},
    {"hrtimer_start", of(EventKind::TimerStart)},
    {"kvm_msr", of(EventKind::DeadlineWrite)},
    {"kvm_pio", touch(TargetKind::Port)},
    {"kvm_mmio", touch(TargetKind::Page, true)},
    {"kvm_fast_mmio", touch(TargetKind::Page, true)},
    {"kvm_page_fault", touch(TargetKind::Page)},
    {"kvm_cpuid", touch(TargetKind::CpuidLeaf)},
    {"kvm_hypercall", touch(TargetKind::KvmHypercall)},
    {"kvm_hv_hypercall", touch(TargetKind::HypervHypercall)},
    {"kvm_xen_hypercall", touch(TargetKind::XenHypercall)},
    {"kvm_apic", touch(TargetKind::ApicRegister)},
    {"kvm_inj_virq", touch(TargetKind::Vector)},
    {"kvm_vcpu_wakeup", of(EventKind::HaltWakeup)},
    {"kvm_halt_poll_ns", of(EventKind::HaltPolling)},
    {"sched_migrate_task", of(EventKind::Migration)},
    {"vmsync_gh_guest", vmsync(VmsyncPoint::GuestCalls)},
    {"vmsync_gh_host", vmsync(VmsyncPoint::HostReceives)},
    {"vmsync_hg_host", vmsync(VmsyncPoint::HostAnswers)},
    {"vmsync_hg_guest", vmsync(VmsyncPoint::GuestResumes)},
    {"kvm_write_tsc_offset", of(EventKind::TscOffset)},
    {"kvm_wait_lapic_expire", kNoProof},
    {"function", kNoProof}, // of ftrace: functions of KVM run there, too
    {"funcgraph_entry", kNoProof},
    {"funcgraph_exit", kNoProof},
    {"read_msr", kNoProof},
    {"write_msr", kNoProof},
    {"rdpmc", kNoProof},
    {"msr_read_msr", kNoProof},
    {"msr_write_msr", kNoProof},
    {"msr_rdpmc", kNoProof},
    {"x86_msr_read_msr", kNoProof},
    {"x86_msr_write_msr", kNoProof},
    {"x86_msr_rdpmc", kNoProof},
};

// Families of names. `recorded` prefixes are those of the name before it was made canonical: perf tells the
// subsystem there.
struct Family {
    std::string_view prefix;
    std::string_view suffix;
    bool recorded;
    EventClass what;
};

constexpr Family kFamilies[] = {
    {"x86_irq_vectors_", "_entry", false, irq(EventKind::IrqBegin, IrqSource::Vector)},
    {"x86_irq_vectors_", "_exit", false, irq(EventKind::IrqEnd, IrqSource::Vector)},
    {"irq_vectors:", "_entry", true, irq(EventKind::IrqBegin, IrqSource::Vector)},
    {"irq_vectors:", "_exit", true, irq(EventKind::IrqEnd, IrqSource::Vector)},
    {"syscall_entry_", "", false, kSyscallEntry},
    {"compat_syscall_entry_", "", false, kSyscallEntry},
    {"sys_enter_", "", false, kSyscallEntry},
    {"syscall_exit_", "", false, kSyscallExit},
    {"compat_syscall_exit_", "", false, kSyscallExit},
    {"sys_exit_", "", false, kSyscallExit},
    {"x86_fpu_", "", false, kNoProof},
    {"rcu_", "", false, kNoProof},
};

constexpr std::string_view kLttngKvm = "kvm_x86_";
constexpr std::string_view kKernelKvm = "kvm_";

} // namespace

std::string_view canonicalName(std::string_view recordedName, char (&buffer)[64])
{
    std::string_view name = recordedName.substr(recordedName.rfind(':') + 1); // npos + 1 = 0
    if (!name.starts_with(kLttngKvm))
        return name;
    name.remove_prefix(kLttngKvm.size());
    if (kKernelKvm.size() + name.size() > sizeof buffer)
        return recordedName; // longer than any name of an event that matters
    char *end = std::copy(kKernelKvm.begin(), kKernelKvm.end(), buffer);
    end = std::copy(name.begin(), name.end(), end);
    return {buffer, static_cast<std::size_t>(end - buffer)};
}

EventClass classify(std::string_view recordedName)
{
    char buffer[64];
    const std::string_view name = canonicalName(recordedName, buffer);
    const auto *row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row &r) { return r.name == name; });
    if (row != std::end(kRows))
        return row->what;
    for (const Family &family : kFamilies) {
        const std::string_view begin = family.recorded ? recordedName : name;
        if (!begin.starts_with(family.prefix) || !name.ends_with(family.suffix))
            continue;
        EventClass what = family.what;
        if (what.entersKernel || what.leavesKernel)
            what.call = name.substr(family.prefix.size());
        return what;
    }
    return {};
}

} // namespace exitscope
