// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/diagnostic_codes.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What one vCPU does, event by event: manual "Definitions", Runs and exits, States, Costs.
class TestWrittenStates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void states_data();
    void states();
    void haltedTime();
    void entryToExitEvent();
    void reasons();
};

namespace {

struct Case {
    const char *name;
    const char *script;
    const char *states;
    QStringList exits;
};

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

const std::vector<Case> &cases()
{
    static const std::vector<Case> list{
        // Halted at 30, woken at 50 (sched_waking is too early), on its pCPU again at 70.
        {"wake-up from a halt", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
45 p1 sched_waking woken=31 tid=0
50 p1 sched_wakeup woken=31 tid=0
70 p0 sched_switch prev_tid=0 next_tid=31
80 p0 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Idle, 50 Preempted, 70 Kvm p0, 80",
            {text("20 2:120: event 20 entry 10 run 10 gross 60 net 20 kvm 20 preempted 20 idle 20 halt p0")}},
        // The same after an exit that asks for no rest.
        {"wake-up from a block", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=1024 isa=2 tid=31
30 p0 sched_switch prev_tid=31 prev_state=2 next_tid=0
50 p1 sched_wakeup_new woken=31 tid=0
70 p0 sched_switch prev_tid=0 next_tid=31
80 p0 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Blocked, 50 Preempted, 70 Kvm p0, 80",
            {text("20 2:1024: event 20 entry 10 run 10 gross 60 net 40 kvm 20 preempted 20 blocked 20 page-fault p0")}},
        // prev_state 256 and 1024 are runnable: only the low byte tells of sleep.
        {"preempted inside the kernel", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=114 isa=2 tid=31
30 p0 sched_switch prev_tid=31 prev_state=256 next_tid=40
35 p0 sched_switch prev_tid=40 next_tid=31
40 p0 sched_switch prev_tid=31 prev_state=1024 next_tid=40
45 p1 sched_switch prev_tid=0 next_tid=31
80 p1 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Preempted, 35 Kvm p0, 40 Preempted, 45 Kvm p1, 80",
            {text("20 2:114: event 20 entry 10 run 10 gross 60 net 50 kvm 50 preempted 10 preempted p0")}},
        // From the userspace exit to the entry of KVM_RUN; another ioctl in between changes nothing.
        {"QEMU with system calls", R"(
10 p0 ioctl_entry tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=123 isa=2 tid=31
40 p0 kvm_userspace_exit reason=2 tid=31
45 p0 ioctl_exit tid=31
50 p0 ioctl_entry cmd=0xae03 tid=31
55 p0 ioctl_exit tid=31
60 p0 ioctl_entry tid=31
75 p0 kvm_entry tid=31
)",
            "10 Kvm p0, 20 Guest p0, 30 Kvm p0, 40 Userspace p0, 60 Kvm p0, 75",
            {text("30 2:123: event 30 entry 20 run 10 gross 45 net 45 kvm 25 userspace 20 qemu p0")}},
        {"QEMU with system calls only", R"(
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=123 isa=2 tid=31
45 p0 ioctl_exit tid=31
60 p0 ioctl_entry tid=31
75 p0 kvm_entry tid=31
)",
            "20 Guest p0, 30 Kvm p0, 45 Userspace p0, 60 Kvm p0, 75",
            {text("30 2:123: event 30 entry 20 run 10 gross 45 net 45 kvm 30 userspace 15 qemu p0")}},
        {"QEMU without system calls", R"(
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=123 isa=2 tid=31
40 p0 kvm_userspace_exit reason=2 tid=31
75 p0 kvm_entry tid=31
)",
            "20 Guest p0, 30 Kvm p0, 40 Userspace p0, 75",
            {text("30 2:123: event 30 entry 20 run 10 gross 45 net 45 kvm 10 userspace 35 qemu p0")}},
        // The exit of an ioctl whose entry was another's is not one of KVM_RUN.
        {"another ioctl", R"(
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=123 isa=2 tid=31
40 p0 ioctl_entry cmd=0xae41 tid=31
45 p0 ioctl_exit tid=31
75 p0 kvm_entry tid=31
)",
            "20 Guest p0, 30 Kvm p0, 75", {text("30 2:123: event 30 entry 20 run 10 gross 45 net 45 kvm 45 host p0")}},
        // SVM in Linux 6.1: the interrupt is served, and another thread runs, before the exit event is written.
        {"switch between entry and exit event", R"(
10 p0 kvm_entry tid=31
25 p0 irq_handler_entry tid=31
28 p0 irq_handler_exit tid=31
30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=40
50 p0 sched_switch prev_tid=40 prev_state=0 next_tid=31
55 p0 kvm_exit reason=96 isa=2 tid=31
70 p0 kvm_entry tid=31
)",
            "10 Guest p0, 25 Kvm p0, 30 Preempted, 50 Kvm p0, 70",
            {text("25 2:96: event 55 entry 10 run 15 gross 45 net 25 kvm 25 preempted 20 irq 3 preempted p0")}},
        // Longer than 32 bits hold: a run, a halt; and what lies between an exit, its event and its end.
        {"more than four seconds", R"(
10 p0 kvm_entry tid=31
5000000010 p0 kvm_exit reason=120 isa=2 tid=31
5000000030 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
10000000030 p1 sched_wakeup woken=31 tid=0
10000000050 p0 sched_switch prev_tid=0 next_tid=31
10000000080 p0 kvm_entry tid=31
10000000100 p0 sched_switch prev_tid=31 prev_state=0 next_tid=40
10000000200 p0 sched_switch prev_tid=40 prev_state=0 next_tid=31
15000000000 p0 kvm_exit reason=96 isa=2 tid=31
20000000000 p0 kvm_entry tid=31
20000000010 p0 kvm_exit reason=96 isa=2 tid=31
20000000030 p0 kvm_entry tid=31
)",
            "10 Guest p0, 5000000010 Kvm p0, 5000000030 Idle, 10000000030 Preempted, 10000000050 Kvm p0, "
            "10000000080 Guest p0, 10000000100 Preempted, 10000000200 Kvm p0, 20000000000 Guest p0, "
            "20000000010 Kvm p0, 20000000030",
            {text("5000000010 2:120: event 5000000010 entry 10 run 5000000000 gross 5000000070 net 50 kvm 50 "
                  "preempted 20 idle 5000000000 halt p0"),
                text("10000000100 2:96: event 15000000000 entry 10000000080 run 20 gross 9999999900 net 9999999800 "
                     "kvm 9999999800 preempted 100 preempted p0"),
                text("20000000010 2:96: event 20000000010 entry 20000000000 run 10 gross 20 net 20 kvm 20 "
                     "interrupt p0")}},
        {"moved between entry and exit event", R"(
5 p1 sched_switch prev_tid=40 next_tid=0
10 p0 kvm_entry tid=31
30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=40
50 p1 sched_switch prev_tid=0 prev_state=0 next_tid=31
55 p1 kvm_exit reason=96 isa=2 tid=31
70 p1 kvm_entry tid=31
)",
            "5 Unknown, 10 Guest p0, 30 Preempted, 50 Kvm p1, 70",
            {text("30 2:96: event 55 entry 10 run 20 gross 40 net 20 kvm 20 preempted 20 preempted p0")}},
        // A signal ends the halt: what QEMU then sleeps for is no rest of the guest.
        {"halt kicked to userspace", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
50 p0 sched_switch prev_tid=0 next_tid=31
55 p0 kvm_userspace_exit reason=10 errno=-4 tid=31
60 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
80 p0 sched_switch prev_tid=0 next_tid=31
90 p0 ioctl_entry tid=31
100 p0 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Idle, 50 Kvm p0, 55 Userspace p0, 60 Blocked, 80 Userspace p0, 90 Kvm p0, 100",
            {text(
                "20 2:120: event 20 entry 10 run 10 gross 80 net 60 kvm 25 userspace 15 idle 20 blocked 20 qemu p0")}},
        // Without an interrupt controller in the kernel QEMU itself waits for the guest's rest to end.
        {"halt served by userspace", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
30 p0 kvm_userspace_exit reason=5 errno=0 tid=31
40 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
80 p0 sched_switch prev_tid=0 next_tid=31
100 p0 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Userspace p0, 40 Idle, 80 Userspace p0, 100",
            {text("20 2:120: event 20 entry 10 run 10 gross 80 net 40 kvm 10 userspace 30 idle 40 qemu p0")}},
        {"halt that failed in userspace", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
30 p0 kvm_userspace_exit reason=5 errno=-4 tid=31
40 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
80 p0 sched_switch prev_tid=0 next_tid=31
100 p0 kvm_entry tid=31
)",
            "10 Guest p0, 20 Kvm p0, 30 Userspace p0, 40 Blocked, 80 Userspace p0, 100",
            {text("20 2:120: event 20 entry 10 run 10 gross 80 net 80 kvm 10 userspace 30 blocked 40 qemu p0")}},
        // KVM records these itself before the real VM entry; kvm_x86_eoi it records after the guest was left.
        {"events that prove nothing", R"(
10 p0 kvm_entry tid=31
12 p0 other:rcu_utilization tid=31
14 p0 other:x86_fpu_regs_activated tid=31
16 p0 other:kvm_wait_lapic_expire tid=31
18 p0 other:write_msr tid=31
20 p0 other:read_msr tid=31
22 p0 other:rdpmc tid=31
30 p0 other:kvm_x86_eoi tid=31
34 p0 kvm_exit reason=114 isa=2 tid=31
40 p0 kvm_entry tid=31
)",
            "10 Guest p0, 30 Kvm p0, 40", {text("30 2:114: event 34 entry 10 run 20 gross 10 net 10 kvm 10 host p0")}},
        // Host work is counted once however deep it nests; what is open at a VM entry ends there.
        {"interrupt work", R"(
10 p0 kvm_entry tid=31
20 p0 local_timer_entry tid=31
22 p0 hrtimer_expire_entry tid=31
25 p0 hrtimer_expire_exit tid=31
27 p0 softirq_entry tid=31
30 p0 local_timer_exit tid=31
35 p0 softirq_exit tid=31
40 p0 kvm_exit reason=96 isa=2 tid=31
45 p0 irq_handler_entry tid=31
50 p0 kvm_entry tid=31
60 p0 kvm_exit reason=114 isa=2 tid=31
)",
            "10 Guest p0, 20 Kvm p0, 50 Guest p0, 60",
            {text("20 2:96: event 40 entry 10 run 10 gross 30 net 30 kvm 30 irq 20 interrupt p0"),
                text("60 2:114: event 60 entry 50 run 10 gross - host p0")}},
        // 16 in prev_state is a thread that died.
        {"death", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=114 isa=2 tid=31
30 p0 sched_switch prev_tid=31 prev_state=16 next_tid=0
60 p0 other:power_cpu_idle tid=0
)",
            "10 Guest p0, 20 Kvm p0, 30 Unknown, 60", {text("20 2:114: event 20 entry 10 run 10 gross - host p0")}},
        // VMX: codes are the low 16 bits; an entry that failed (bit 31) led to no run; an NMI (bits 8-10 of intr_info
        // are 2) exits as code 0 like other exceptions.
        {"VMX", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=0x80000021 isa=1 intr_info=0 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=0 isa=1 intr_info=0x80000202 tid=31
50 p0 kvm_entry tid=31
60 p0 kvm_exit reason=0 isa=1 intr_info=0x80000306 tid=31
70 p0 kvm_entry tid=31
80 p0 kvm_exit reason=48 isa=1 intr_info=0 tid=31
85 p0 kvm_entry tid=31
90 p0 kvm_exit reason=1 isa=1 intr_info=0x800000ec tid=31
95 p0 kvm_entry tid=31
)",
            "10 Kvm p0, 30 Guest p0, 40 Kvm p0, 50 Guest p0, 60 Kvm p0, 70 Guest p0, 80 Kvm p0, 85 Guest p0, "
            "90 Kvm p0, 95",
            {text("20 1:33: event 20 entry - gross 10 net 10 kvm 10 host p0"),
                text("40 1:0: event 40 entry 30 run 10 gross 10 net 10 kvm 10 interrupt p0"),
                text("60 1:0: event 60 entry 50 run 10 gross 10 net 10 kvm 10 host p0"),
                text("80 1:48: event 80 entry 70 run 10 gross 5 net 5 kvm 5 page-fault p0"),
                text("90 1:1: event 90 entry 85 run 5 gross 5 net 5 kvm 5 interrupt p0")}},
    };
    return list;
}

const char *scriptOf(std::string_view name)
{
    for (const Case &test : cases())
        if (name == test.name)
            return test.script;
    throw std::out_of_range(std::string(name));
}

} // namespace

void TestWrittenStates::states_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases().size(); ++i)
        QTest::newRow(cases()[i].name) << int(i);
}

void TestWrittenStates::states()
{
    QFETCH(int, index);
    const Case &test = cases().at(std::size_t(index));
    const Recording recording = loadScript(test.script);
    QCOMPARE(statesText(firstVcpu(recording)), text(test.states));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons), test.exits);
    for (const Diagnostic &diagnostic : recording.diagnostics)
        QVERIFY2(!meansDataLost(diagnostic), qPrintable(diagnostic.message));
    // The state machine says the same of the script itself.
    const BuiltTimeline built = buildTimeline(test.script);
    QCOMPARE(statesText(built.timeline.vms.at(0).vcpus.at(0)), text(test.states));
    QCOMPARE(exitsText(built.timeline.vms[0].vcpus[0], built.reasons), test.exits);
}

// halt_kvm is the Kvm time of halts, whatever else they do; other exits have none.
void TestWrittenStates::haltedTime()
{
    const Recording kicked = loadScript(scriptOf("halt kicked to userspace"));
    QCOMPARE(firstVcpu(kicked).haltKvm.total(), Ns(25)); // 20-30, 50-55, 90-100
    QCOMPARE(firstVcpu(kicked).haltKvm.within({25, 52}), Ns(7));
    const Recording blocked = loadScript(scriptOf("wake-up from a block"));
    QCOMPARE(firstVcpu(blocked).haltKvm.total(), Ns(0));
}

void TestWrittenStates::entryToExitEvent()
{
    const Recording recording = loadScript(scriptOf("switch between entry and exit event"));
    const ExitColumns &exits = firstVcpu(recording).exits;
    QCOMPARE(exits.event(0) - exits.entry(0), Ns(45)); // what simpler tools call the run
    QCOMPARE(exits.run(0), Ns(15));
}

// Codes that no table has, and codes whose meaning depends on the isa.
void TestWrittenStates::reasons()
{
    const auto reasonOf = [](const char *fields) -> QString {
        const Recording recording = loadScript(
            "10 p0 kvm_entry tid=31\n20 p0 kvm_exit tid=31 " + std::string(fields) + "\n30 p0 kvm_entry tid=31\n");
        const ExitReason &reason = recording.reasons[firstVcpu(recording).exits.reason(0)];
        return reason.name % QLatin1Char(' ') % reason.className;
    };
    QCOMPARE(reasonOf("reason=0x1234 isa=1"), QString(QStringLiteral("1:4660 other")));
    QCOMPARE(reasonOf("reason=0x12345 isa=1"), QString(QStringLiteral("1:0x12345 other")));
    QCOMPARE(reasonOf("reason=0x12345 isa=2"), QString(QStringLiteral("2:0x12345 other")));
    QCOMPARE(reasonOf("reason=114"), QString(QStringLiteral("0:114 other")));
    QCOMPARE(reasonOf("reason=0xffffffff isa=2"), QString(QStringLiteral("invalid_guest_state other")));
    const Recording invalid
        = loadScript("10 p0 kvm_entry tid=31\n20 p0 kvm_exit tid=31 reason=0xffffffff isa=2\n30 p0 kvm_entry tid=31\n");
    QCOMPARE(exitsText(firstVcpu(invalid), invalid.reasons),
        QStringList{text("20 2:-1: event 20 entry 10 run 10 gross 10 net 10 kvm 10 host p0")});
}

QTEST_GUILESS_MAIN(TestWrittenStates)
#include "tst_written_states.moc"
