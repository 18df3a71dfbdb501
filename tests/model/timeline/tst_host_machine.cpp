// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/tools/timeline_text.h"

using namespace exitscope;
using namespace exitscope::testing;

// Contradictions and losses, one at a time: what becomes Unknown, from when to when.
class TestHostMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void states_data();
    void states();
    void exits_data();
    void exits();
    void interruptWorkEndsWhereItIsCut();
    void numbersAndNames();
};

namespace {

void addRow(const char *name, const char *script, const QStringList &states, const QStringList &codes = {})
{
    QTest::newRow(name) << QByteArray(script) << states << codes;
}

QStringList codesOf(const Diagnostics &diagnostics)
{
    QStringList codes;
    for (const Diagnostic &diagnostic : diagnostics)
        if (diagnostic.code != QStringLiteral("processes-unknown")) // the scripts tell no processes
            codes << diagnostic.code + QStringLiteral(" ") + QString::number(diagnostic.count);
    return codes;
}

} // namespace

void TestHostMachine::states_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("expected"); // of each vCPU, by number
    QTest::addColumn<QStringList>("codes");
    addRow("contradiction 1: entry in entry",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_entry tid=1\n"
        "30 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "50 p0 other:x tid=1\n",
        {QStringLiteral("10 Unknown, 20 Guest p0, 30 Kvm p0, 50")}, {QStringLiteral("entry-in-entry 1")});
    addRow("contradiction 1 after the run ended",
        "10 p0 kvm_entry tid=1\n"
        "15 p0 other:x tid=1\n"
        "20 p0 kvm_entry tid=1\n"
        "30 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "50 p0 other:x tid=1\n",
        {QStringLiteral("10 Unknown, 20 Guest p0, 30 Kvm p0, 50")}, {QStringLiteral("entry-in-entry 1")});
    addRow("contradiction 2: exit without entry",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "40 p0 kvm_entry tid=1\n"
        "50 p0 other:x tid=1\n",
        {QStringLiteral("10 Guest p0, 20 Unknown, 30 Kvm p0, 40 Guest p0, 50")},
        {QStringLiteral("exit-without-entry 1")});
    addRow("contradiction 3: a KVM event where another thread is",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "6 p1 sched_switch prev_tid=9 prev_state=0 next_tid=2\n"
        "10 p0 kvm_entry tid=1\n"
        "12 p1 kvm_entry tid=2\n"
        "20 p1 kvm_exit tid=2 reason=10 isa=1\n"
        "30 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "40 p0 kvm_entry tid=2\n"
        "50 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 30 Unknown, 50 Kvm p0, 60"),
            QStringLiteral("5 Unknown, 12 Guest p1, 20 Unknown, 40 Guest p0, 50 Kvm p0, 60")},
        {QStringLiteral("wrong-pcpu 1")});
    addRow("contradiction 4: a switch from another thread",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p0 sched_switch prev_tid=9 prev_state=1 next_tid=8\n"
        "60 p0 other:x tid=8\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Unknown, 60")}, {QStringLiteral("switch-from-other 1")});
    addRow("contradiction 4: the thread that leaves was thought elsewhere",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "6 p1 sched_switch prev_tid=8 prev_state=0 next_tid=7\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p1 sched_switch prev_tid=1 prev_state=1 next_tid=8\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Unknown, 60")}, {QStringLiteral("switch-from-other 1")});
    addRow("contradiction 5: a switch to a vCPU that is elsewhere",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "6 p1 sched_switch prev_tid=8 prev_state=0 next_tid=7\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p1 sched_switch prev_tid=7 prev_state=1 next_tid=1\n"
        "40 p1 kvm_entry tid=1\n"
        "50 p0 sched_switch prev_tid=3 prev_state=1 next_tid=9\n"
        "60 p1 other:x tid=1\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Unknown, 40 Guest p1, 60")},
        {QStringLiteral("switch-to-elsewhere 1")});
    addRow("contradiction 6: to user space from an entry",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_userspace_exit tid=1 reason=2\n"
        "30 p0 kvm_entry tid=1\n"
        "40 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("10 Unknown, 20 Userspace p0, 30 Guest p0, 40 Kvm p0, 60")},
        {QStringLiteral("userspace-in-entry 1")});
    addRow("a loss makes Unknown until the next KVM event, from an open entry on",
        "10 p0 kvm_entry tid=1\n"
        "packet p0\n"
        "lose_packets p0 1\n"
        "40 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "50 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("10 Unknown, 40 Kvm p0, 50 Guest p0, 60")});
    addRow("a loss blinds from the 11th-last event",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "packet p0\n"
        "lose p0 2\n"
        "21 p0 other:x tid=1\n22 p0 other:x tid=1\n23 p0 other:x tid=1\n24 p0 kvm_entry tid=1\n"
        "25 p0 other:x tid=1\n26 p0 kvm_exit tid=1 reason=10 isa=1\n27 p0 other:x tid=1\n28 p0 other:x tid=1\n"
        "29 p0 other:x tid=1\n30 p0 other:x tid=1\n31 p0 other:x tid=1\n32 p0 other:x tid=1\n"
        "packet p0\n"
        "45 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("10 Guest p0, 20 Unknown, 45 Guest p0, 60")});
    addRow("a loss spares the vCPU on another pCPU until it is switched out",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "6 p1 sched_switch prev_tid=8 prev_state=0 next_tid=7\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p1 other:x tid=7\n"
        "packet p1\n"
        "lose_packets p1 1\n"
        "40 p0 sched_switch prev_tid=1 prev_state=0 next_tid=9\n"
        "50 p1 other:x tid=7\n"
        "52 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "55 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Kvm p0, 40 Unknown, 55 Guest p0, 60")});
    addRow("after the stretch a switch-out is seen again",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p1 other:x tid=7\n"
        "packet p1\n"
        "lose_packets p1 1\n"
        "40 p1 other:x tid=7\n"
        "40 p0 sched_switch prev_tid=1 prev_state=0 next_tid=9\n"
        "60 p0 other:x tid=9\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Kvm p0, 40 Preempted, 60")});
    addRow("without sched_switch a loss anywhere blinds all",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p1 other:x tid=7\n"
        "packet p1\n"
        "lose_packets p1 1\n"
        "40 p1 other:x tid=7\n"
        "45 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("10 Guest p0, 20 Kvm p0, 30 Unknown, 45 Guest p0, 60")});
    addRow("a dead thread",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "30 p0 sched_switch prev_tid=1 prev_state=16 next_tid=9\n"
        "60 p0 other:x tid=9\n",
        {QStringLiteral("5 Unknown, 10 Guest p0, 20 Kvm p0, 30 Unknown, 60")});
}

void TestHostMachine::states()
{
    QFETCH(QByteArray, script);
    QFETCH(QStringList, expected);
    QFETCH(QStringList, codes);
    const BuiltTimeline built = buildTimeline(std::string_view(script.constData()));
    QCOMPARE(built.timeline.vms.size(), std::size_t(1));
    QStringList states;
    for (const Vcpu &vcpu : built.timeline.vms.front().vcpus)
        states << statesText(vcpu);
    QCOMPARE(states, expected);
    QCOMPARE(codesOf(built.diagnostics), codes);
}

void TestHostMachine::exits_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const char *script, const QStringList &expected) {
        QTest::newRow(name) << QByteArray(script) << expected;
    };
    row("the run ends at the first host event, here of another thread on the pCPU",
        "10 p0 kvm_entry tid=1\n"
        "20 p0 irq_handler_entry tid=1 number=1\n"
        "25 p0 irq_handler_exit tid=1 number=1\n"
        "30 p0 kvm_exit tid=1 reason=1 isa=1\n"
        "45 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("20 1:1: event 30 entry 10 run 10 gross 25 net 25 kvm 25 irq 5 interrupt p0")});
    row("what KVM records before the real entry ends no run",
        "10 p0 kvm_entry tid=1\n"
        "12 p0 other:rcu_utilization tid=1\n"
        "30 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "45 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("30 1:10: event 30 entry 10 run 20 gross 15 net 15 kvm 15 host p0")});
    row("a switch between the end of the run and the exit event is preemption of this exit",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 sched_switch prev_tid=1 prev_state=0 next_tid=9\n"
        "30 p0 sched_switch prev_tid=9 prev_state=1 next_tid=1\n"
        "35 p0 kvm_exit tid=1 reason=10 isa=1\n"
        "45 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("20 1:10: event 35 entry 10 run 10 gross 25 net 15 kvm 15 preempted 10 preempted p0")});
    row("a halt that is kicked to user space rests only if the userspace exit was HLT",
        "5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
        "10 p0 kvm_entry tid=1\n"
        "20 p0 kvm_exit tid=1 reason=12 isa=1\n"
        "22 p0 kvm_userspace_exit tid=1 reason=10 errno=-4\n"
        "25 p0 sched_switch prev_tid=1 prev_state=1 next_tid=9\n"
        "30 p0 sched_wakeup tid=9 woken=1\n"
        "34 p0 sched_switch prev_tid=9 prev_state=1 next_tid=1\n"
        "40 p0 kvm_entry tid=1\n"
        "60 p0 other:x tid=1\n",
        {QStringLiteral("20 1:12: event 20 entry 10 run 10 gross 20 net 16 kvm 2 userspace 9 preempted 4 blocked 5 "
                        "qemu p0")});
}

void TestHostMachine::exits()
{
    QFETCH(QByteArray, script);
    QFETCH(QStringList, expected);
    const BuiltTimeline built = buildTimeline(std::string_view(script.constData()));
    QCOMPARE(exitsText(built.timeline.vms.at(0).vcpus.at(0), built.reasons), expected);
}

// Handlers open at a switch, a VM entry or a loss end there; nested ones count once.
void TestHostMachine::interruptWorkEndsWhereItIsCut()
{
    const BuiltTimeline built = buildTimeline("5 p0 sched_switch prev_tid=9 prev_state=0 next_tid=1\n"
                                              "10 p0 kvm_entry tid=1\n"
                                              "20 p0 kvm_exit tid=1 reason=10 isa=1\n"
                                              "30 p0 softirq_entry tid=1 number=1\n"
                                              "32 p0 irq_handler_entry tid=1 number=1\n"
                                              "34 p0 irq_handler_exit tid=1 number=1\n"
                                              "40 p0 softirq_exit tid=1 number=1\n"
                                              "50 p0 irq_handler_entry tid=1 number=1\n"
                                              "55 p0 kvm_entry tid=1\n"
                                              "60 p0 kvm_exit tid=1 reason=10 isa=1\n"
                                              "62 p0 irq_handler_exit tid=1 number=1\n"
                                              "70 p0 irq_handler_entry tid=1 number=1\n"
                                              "71 p0 sched_switch prev_tid=1 prev_state=0 next_tid=9\n"
                                              "80 p0 other:x tid=9\n");
    const Vcpu &vcpu = built.timeline.vms.at(0).vcpus.at(0);
    QCOMPARE(vcpu.irq.total(), Ns(10 + 5 + 1));
    QCOMPARE(vcpu.irq.within({0, 36}), Ns(6));
}

void TestHostMachine::numbersAndNames()
{
    const BuiltTimeline built = buildTimeline("thread 30 pid=30 name=qemu-system-x86\n"
                                              "thread 31 pid=30 name=\"CPU 1/KVM\"\n"
                                              "thread 32 pid=30 name=\"CPU 0/KVM\"\n"
                                              "thread 40 pid=40 name=qemu-system-x86\n"
                                              "thread 41 pid=40 name=\"CPU 0/KVM\"\n"
                                              "1 p0 other:x tid=30\n"
                                              "2 p0 other:x tid=40\n"
                                              "10 p0 kvm_entry tid=31 vcpu_id=39205024\n"
                                              "20 p0 kvm_exit tid=31 reason=10 isa=1\n"
                                              "30 p0 kvm_entry tid=32 vcpu_id=39205025\n"
                                              "40 p0 kvm_exit tid=32 reason=10 isa=1\n"
                                              "50 p0 kvm_entry tid=41 vcpu_id=3\n"
                                              "60 p0 kvm_exit tid=41 reason=10 isa=1\n");
    QStringList ids;
    for (const Vm &vm : built.timeline.vms)
        for (const Vcpu &vcpu : vm.vcpus)
            ids << vm.vcpuId(vcpu) + QStringLiteral(" ") + QString::number(vcpu.tid.value_or(-1));
    QCOMPARE(ids,
        (QStringList{QStringLiteral("qemu-system-x86-30/0 32"), QStringLiteral("qemu-system-x86-30/1 31"),
            QStringLiteral("qemu-system-x86-40/3 41")}));
    QCOMPARE(codesOf(built.diagnostics), QStringList()); // the names of the threads say which number each has
}

QTEST_GUILESS_MAIN(TestHostMachine)
#include "tst_host_machine.moc"
