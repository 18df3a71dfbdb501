// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <stdexcept>

#include "model/record/description.h"
#include "model/record/event_catalog.h"

using namespace exitscope;

namespace {

wire::Description exampleDescription()
{
    wire::Description description;
    description.traceUuid = "99ac8da6-db7b-2245-9557-c9300131c2b1";
    description.traceName = "tab\there, back\\slash, line\nend, \x7f and \x01";
    description.hostname = "h\xc3\xb6st";
    description.domain = "kernel";
    description.tracer = "lttng-modules 2.13.9";
    description.clockName = "monotonic";
    description.clockUuid = "62709a67-d43b-4b35-962e-e793dfb823c5";
    description.clockFrequency = 18'446'744'073'709'551'615u;
    description.clockOffsetSeconds = -1'795'385'747;
    description.clockOffsetCycles = 623'788'554;
    description.hasTid = true;
    description.hasProcname = true;
    description.events = {"a", "kvm:kvm_exit", "with space"};
    return description;
}

struct Case {
    const char *name;
    EventKind kind;
    bool provesHost = true;
    IrqSource irq = IrqSource::Handler;
    bool newThread = false;
    VmsyncPoint vmsync = VmsyncPoint::GuestCalls;
    TargetKind touches = TargetKind::None;
    bool ofDevice = false;
};

constexpr Case touch(const char *name, TargetKind kind, bool ofDevice = false)
{
    return {name, EventKind::Touch, true, IrqSource::Handler, false, VmsyncPoint::GuestCalls, kind, ofDevice};
}

// LTTng, older LTTng, perf.
const Case kCases[] = {
    {"kvm_x86_entry", EventKind::VmEntry},
    {"kvm_entry", EventKind::VmEntry},
    {"kvm:kvm_entry", EventKind::VmEntry},
    {"kvm_x86_exit", EventKind::VmExit},
    {"kvm_exit", EventKind::VmExit},
    {"kvm:kvm_exit", EventKind::VmExit},
    {"kvm_userspace_exit", EventKind::UserspaceExit},
    {"kvm:kvm_userspace_exit", EventKind::UserspaceExit},
    {"syscall_entry_ioctl", EventKind::IoctlEntry},
    {"compat_syscall_entry_ioctl", EventKind::IoctlEntry},
    {"sys_ioctl", EventKind::IoctlEntry},
    {"syscalls:sys_enter_ioctl", EventKind::IoctlEntry},
    {"syscall_exit_ioctl", EventKind::IoctlExit},
    {"compat_syscall_exit_ioctl", EventKind::IoctlExit},
    {"syscalls:sys_exit_ioctl", EventKind::IoctlExit},
    {"sched_switch", EventKind::SchedSwitch},
    {"sched:sched_switch", EventKind::SchedSwitch},
    {"sched_wakeup", EventKind::SchedWakeup},
    {"sched:sched_wakeup_new", EventKind::SchedWakeup},
    {"irq_handler_entry", EventKind::IrqBegin, true, IrqSource::Handler},
    {"irq:irq_handler_exit", EventKind::IrqEnd, true, IrqSource::Handler},
    {"irq_softirq_entry", EventKind::IrqBegin, true, IrqSource::Softirq},
    {"irq:softirq_exit", EventKind::IrqEnd, true, IrqSource::Softirq},
    {"x86_irq_vectors_local_timer_entry", EventKind::IrqBegin, true, IrqSource::Vector},
    {"x86_irq_vectors_reschedule_exit", EventKind::IrqEnd, true, IrqSource::Vector},
    {"irq_vectors:local_timer_entry", EventKind::IrqBegin, true, IrqSource::Vector},
    {"irq_vectors:call_function_exit", EventKind::IrqEnd, true, IrqSource::Vector},
    {"timer_hrtimer_expire_entry", EventKind::IrqBegin, true, IrqSource::Hrtimer},
    {"timer:hrtimer_expire_exit", EventKind::IrqEnd, true, IrqSource::Hrtimer},
    {"sched_process_fork", EventKind::ThreadInfo, true, IrqSource::Handler, true},
    {"sched:sched_process_fork", EventKind::ThreadInfo, true, IrqSource::Handler, true},
    {"lttng_statedump_process_state", EventKind::ThreadInfo},
    {"timer_hrtimer_start", EventKind::TimerStart},
    {"timer:hrtimer_start", EventKind::TimerStart},
    {"kvm_x86_msr", EventKind::DeadlineWrite},
    {"kvm:kvm_msr", EventKind::DeadlineWrite},
    {"vmsync_gh_guest", EventKind::Vmsync, true, IrqSource::Handler, false, VmsyncPoint::GuestCalls},
    {"vmsync_gh_host", EventKind::Vmsync, true, IrqSource::Handler, false, VmsyncPoint::HostReceives},
    {"vmsync_hg_host", EventKind::Vmsync, true, IrqSource::Handler, false, VmsyncPoint::HostAnswers},
    {"vmsync_hg_guest", EventKind::Vmsync, true, IrqSource::Handler, false, VmsyncPoint::GuestResumes},
    {"kvm_x86_write_tsc_offset", EventKind::TscOffset},
    {"kvm:kvm_write_tsc_offset", EventKind::TscOffset},
    touch("kvm_x86_pio", TargetKind::Port),
    touch("kvm:kvm_pio", TargetKind::Port),
    touch("kvm_mmio", TargetKind::Page, true),
    touch("kvm:kvm_fast_mmio", TargetKind::Page, true),
    touch("kvm_x86_page_fault", TargetKind::Page),
    touch("kvm_x86_cpuid", TargetKind::CpuidLeaf),
    touch("kvm_x86_hypercall", TargetKind::KvmHypercall),
    touch("kvm_x86_hv_hypercall", TargetKind::HypervHypercall),
    touch("kvm:kvm_xen_hypercall", TargetKind::XenHypercall),
    touch("kvm_x86_apic", TargetKind::ApicRegister),
    touch("kvm_x86_inj_virq", TargetKind::Vector),
    {"kvm:kvm_vcpu_wakeup", EventKind::HaltWakeup},
    {"kvm_vcpu_wakeup", EventKind::HaltWakeup},
    {"kvm:kvm_halt_poll_ns", EventKind::HaltPolling},
    {"sched_migrate_task", EventKind::Migration},
    {"sched:sched_migrate_task", EventKind::Migration},
    // What KVM can record between the entry event and the real VM entry.
    {"kvm_wait_lapic_expire", EventKind::HostProof, false},
    {"kvm:kvm_wait_lapic_expire", EventKind::HostProof, false},
    {"msr:read_msr", EventKind::HostProof, false},
    {"msr:write_msr", EventKind::HostProof, false},
    {"msr:rdpmc", EventKind::HostProof, false},
    {"x86_fpu_regs_activated", EventKind::HostProof, false},
    {"x86_fpu:x86_fpu_after_restore", EventKind::HostProof, false},
    {"rcu_utilization", EventKind::HostProof, false},
    {"rcu:rcu_utilization", EventKind::HostProof, false},
    // Near misses.
    {"sched_waking", EventKind::HostProof},
    {"irq_softirq_raise", EventKind::HostProof},
    {"irq:softirq_raise", EventKind::HostProof},
    {"irq_vectors:vector_alloc", EventKind::HostProof},
    {"local_timer_entry", EventKind::HostProof},
    {"syscall_entry_read", EventKind::HostProof},
    {"exit_syscall", EventKind::HostProof},
    {"timer_hrtimer_cancel", EventKind::HostProof},
    {"kvm_msr_filter", EventKind::HostProof},
    {"kvm_nested_vmexit", EventKind::HostProof},
    {"kvm_apic_ipi", EventKind::HostProof},
    {"kvm_inj_exception", EventKind::HostProof},
    {"", EventKind::HostProof},
};

} // namespace

class TestWire : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void descriptionSurvives();
    void descriptionIsLines();
    void badDescriptionIsRefused_data();
    void badDescriptionIsRefused();
    void classifies_data();
    void classifies();
    void entriesOfSystemCalls();
    void canonicalNames();
};

void TestWire::descriptionSurvives()
{
    const wire::Description description = exampleDescription();
    QVERIFY(wire::decodeDescription(wire::encode(description)) == description);
    QVERIFY(wire::decodeDescription(wire::encode({})) == wire::Description{});
    QVERIFY(description != wire::Description{});
}

void TestWire::descriptionIsLines()
{
    const std::string text = wire::encode(exampleDescription());
    for (const char c : text)
        QVERIFY(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
    QVERIFY(
        text.find("trace-name\ttab\\x09here, back\\x5cslash, line\\x0aend, \\x7f and \\x01\n") != std::string::npos);
}

void TestWire::badDescriptionIsRefused_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *line : {"hostname", "color\tred\n", "hostname\tcut", "clock-frequency\t12x\n",
             "clock-frequency\t\n", "clock-frequency\t-1\n", "clock-offset-s\t9223372036854775808\n", "has-tid\tyes\n",
             "hostname\ta\\\n", "hostname\ta\\x0\n", "hostname\ta\\xg0\n", "\n"})
        QTest::addRow("%s", line) << QByteArray(line);
}

void TestWire::badDescriptionIsRefused()
{
    QFETCH(QByteArray, line);
    const std::string text = "domain\tkernel\n" + line.toStdString();
    try {
        wire::decodeDescription(text);
        QFAIL("accepted");
    } catch (const std::invalid_argument &error) {
        const QByteArray offending = line.endsWith('\n') ? line.chopped(1) : line;
        const std::string quoted = "\"" + offending.toStdString() + "\"";
        QVERIFY2(std::string(error.what()).find(quoted) != std::string::npos, error.what());
    }
}

void TestWire::entriesOfSystemCalls()
{
    for (const char *name : {"syscall_entry_read", "syscalls:sys_enter_read", "sys_enter_execve"})
        QVERIFY2(classify(name).entersKernel, name);
    QVERIFY(classify("syscall_exit_read").leavesKernel && classify("syscalls:sys_exit_read").leavesKernel);
    // The last returns without an event; an ioctl is a kind of its own.
    for (const char *name :
        {"syscall_exit_read", "sched_waking", "kvm_cpuid", "syscall_entry_ioctl", "syscall_entry_rt_sigreturn"})
        QVERIFY2(!classify(name).entersKernel, name);
}

void TestWire::classifies_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < std::size(kCases); ++i)
        QTest::addRow("\"%s\"", kCases[i].name) << static_cast<int>(i);
}

void TestWire::classifies()
{
    QFETCH(int, index);
    const Case &expected = kCases[index];
    const EventClass found = classify(expected.name);
    QCOMPARE(static_cast<int>(found.kind), static_cast<int>(expected.kind));
    QCOMPARE(found.provesHost, expected.provesHost);
    QCOMPARE(static_cast<int>(found.irq), static_cast<int>(expected.irq));
    QCOMPARE(found.newThread, expected.newThread);
    QCOMPARE(static_cast<int>(found.vmsync), static_cast<int>(expected.vmsync));
    QCOMPARE(static_cast<int>(found.touches), static_cast<int>(expected.touches));
    QCOMPARE(found.ofDevice, expected.ofDevice);
}

void TestWire::canonicalNames()
{
    char buffer[64];
    QVERIFY(canonicalName("kvm:kvm_exit", buffer) == "kvm_exit");
    QVERIFY(canonicalName("kvm_x86_exit", buffer) == "kvm_exit");
    QVERIFY(canonicalName("kvm_exit", buffer) == "kvm_exit");
    QVERIFY(canonicalName("sched_switch", buffer) == "sched_switch");
    QVERIFY(canonicalName("kvm_x86_", buffer) == "kvm_");
    const std::string fits = "kvm_x86_" + std::string(60, 'a');
    QVERIFY(canonicalName(fits, buffer) == "kvm_" + std::string(60, 'a'));
    const std::string tooLong = fits + "a";
    QVERIFY(canonicalName(tooLong, buffer) == tooLong);
}

QTEST_GUILESS_MAIN(TestWire)
#include "tst_wire.moc"
