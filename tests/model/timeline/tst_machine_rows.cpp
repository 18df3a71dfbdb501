// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Smallest event lists for losses and contradictions, each told to the model and written, read and told: what manual
// "Definitions" says of them. Thread 31 is a vCPU's, 70 to 72 are others.
class TestMachineRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_data();
    void rows();
    void interruptWorkOfAnotherThread();
    void interruptWorkThatIsCut();
    void firstPacketWithLoss();

private:
    void placesRows();
    void lossRows();
    void pseudoRows();
    void restRows();
};

namespace {

void row(const char *name, const char *script, std::initializer_list<const char *> expected)
{
    QStringList lines;
    for (const char *line : expected)
        lines << QString::fromLatin1(line);
    QTest::newRow(name) << QByteArray(script) << lines;
}

} // namespace

void TestMachineRows::rows_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("expected");
    placesRows();
    lossRows();
    pseudoRows();
    restRows();
}

// Who is where.
void TestMachineRows::placesRows()
{
    row("M1: one that shows up elsewhere is no longer where it was",
        "5 p0 sched_switch prev_tid=0 next_tid=70\n"
        "6 p1 sched_switch prev_tid=0 next_tid=31\n"
        "10 p1 kvm_entry tid=31\n"
        "20 p1 kvm_exit reason=12 isa=1 tid=31\n"
        "30 p1 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
        "40 p1 sched_switch prev_tid=0 next_tid=70\n"
        "70 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
        "80 p0 sched_switch prev_tid=0 next_tid=31\n"
        "90 p0 kvm_entry tid=31\n"
        "100 p0 kvm_exit reason=10 isa=1 tid=31\n",
        {"switch-from-other 1", "vm/0: 5 Unknown, 10 Guest p1, 20 Unknown, 90 Guest p0, 100",
            "20 1:12: event 20 entry 10 run 10 gross - halt p1",
            "100 1:10: event 100 entry 90 run 10 gross - host p0"});
    row("M3: without a loss, put on a pCPU while another one ran in its place",
        "4 p1/sched sched_switch prev_tid=0 next_tid=71\n"
        "5 p0/sched sched_switch prev_tid=0 next_tid=31\n"
        "10 p0/kvm kvm_entry tid=31\n"
        "20 p0/kvm kvm_exit reason=10 isa=1 tid=31\n"
        "25 p0/kvm kvm_userspace_exit reason=2 tid=31\n"
        "60 p0/sched sched_switch prev_tid=0 next_tid=70\n"
        "80 p1/sched sched_switch prev_tid=71 next_tid=31\n"
        "90 p1/kvm kvm_entry tid=31\n"
        "100 p1/kvm kvm_exit reason=10 isa=1 tid=31\n",
        {"switch-from-other 1", "switch-to-elsewhere 1",
            "vm/0: 4 Unknown, 10 Guest p0, 20 Kvm p0, 25 Unknown, 90 Guest p1, 100",
            "20 1:10: event 20 entry 10 run 10 gross - qemu p0",
            "100 1:10: event 100 entry 90 run 10 gross - host p1"});
    row("M3: without a loss, where only its own events showed it elsewhere",
        "4 p1/sched sched_switch prev_tid=0 next_tid=71\n"
        "10 p0/kvm kvm_entry tid=31\n"
        "20 p0/kvm kvm_exit reason=10 isa=1 tid=31\n"
        "25 p0/kvm kvm_userspace_exit reason=2 tid=31\n"
        "80 p1/sched sched_switch prev_tid=71 next_tid=31\n"
        "90 p1/kvm kvm_entry tid=31\n"
        "100 p1/kvm kvm_exit reason=10 isa=1 tid=31\n",
        {"switch-to-elsewhere 1", "vm/0: 4 Unknown, 10 Guest p0, 20 Kvm p0, 25 Unknown, 90 Guest p1, 100",
            "20 1:10: event 20 entry 10 run 10 gross - qemu p0",
            "100 1:10: event 100 entry 90 run 10 gross - host p1"});
    row("M4: a run ends at an event of its thread on another pCPU",
        "5 p0 sched_waking tid=70 woken=71\n"
        "10 p0 kvm_entry tid=31\n"
        "50 p1 other:kvm_apic tid=31\n"
        "60 p1 kvm_exit reason=0x72 isa=2 tid=31\n"
        "70 p1 kvm_entry tid=31\n"
        "75 p1 kvm_exit reason=0x72 isa=2 tid=31\n",
        {"vm/0: 5 Unknown, 10 Guest p0, 50 Kvm p1, 70 Guest p1, 75",
            "50 2:114: event 60 entry 10 run 40 gross 20 net 20 kvm 20 host p1",
            "75 2:114: event 75 entry 70 run 5 gross - host p1"});
    row("M8: dead from the switch that tells it",
        "5 p0 sched_switch prev_tid=0 next_tid=31\n"
        "10 p0 kvm_entry tid=31\n"
        "30 p0 sched_waking tid=31 woken=70\n"
        "40 p0 sched_switch prev_tid=31 prev_state=16 next_tid=0\n"
        "60 p0 sched_switch prev_tid=0 next_tid=70\n",
        {"vm/0: 5 Unknown, 10 Guest p0, 30 Kvm p0, 40 Unknown, 60"});
    row("M10: who is there at the begin is known before all events",
        "10 p0 kvm_entry tid=31\n"
        "20 p1 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
        "30 p1 sched_switch prev_tid=70 next_tid=0\n",
        {"wrong-pcpu 1", "vm/0: 10 Guest p0, 20 Preempted, 30"});
    row("M24: an exit without length at a time that is Unknown",
        "5 p0 kvm_entry tid=31\n"
        "10 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "10 p0 kvm_entry tid=31\n"
        "30 p0 kvm_entry tid=31\n"
        "40 p0 other:x tid=31\n",
        {"entry-in-entry 1", "vm/0: 5 Guest p0, 10 Unknown, 30 Guest p0, 40",
            "10 1:10: event 10 entry 5 run 5 gross - host p0"});
}

void TestMachineRows::lossRows()
{
    const std::initializer_list<const char *> shownBlindly{"vm/0: 10 Unknown, 120",
        "30 1:12: event 30 entry - gross - halt p0", "110 1:10: event 110 entry - gross - host p0"};
    row("M2: what a blind pCPU shows by another stream makes nothing known",
        "10 p0/sched sched_switch prev_tid=0 next_tid=31\n"
        "packet p0/sched\n"
        "lose p0/sched 7\n"
        "20 p0/kvm kvm_entry tid=31\n"
        "30 p0/kvm kvm_exit reason=12 isa=1 tid=31\n"
        "100 p0/kvm kvm_entry tid=31\n"
        "110 p0/kvm kvm_exit reason=10 isa=1 tid=31\n"
        "120 p0/sched sched_switch prev_tid=31 prev_state=0 next_tid=70\n",
        shownBlindly);
    row("M2: the same with a lost packet",
        "10 p0/sched sched_switch prev_tid=0 next_tid=31\n"
        "packet p0/sched\n"
        "lose_packets p0/sched 1\n"
        "20 p0/kvm kvm_entry tid=31\n"
        "30 p0/kvm kvm_exit reason=12 isa=1 tid=31\n"
        "100 p0/kvm kvm_entry tid=31\n"
        "110 p0/kvm kvm_exit reason=10 isa=1 tid=31\n"
        "120 p0/sched sched_switch prev_tid=31 prev_state=0 next_tid=70\n",
        shownBlindly);
    row("M3: it leaves a blind pCPU unseen",
        "4 p1/sched sched_switch prev_tid=0 next_tid=71\n"
        "5 p0/sched sched_switch prev_tid=0 next_tid=31\n"
        "10 p0/kvm kvm_entry tid=31\n"
        "20 p0/kvm kvm_exit reason=10 isa=1 tid=31\n"
        "25 p0/kvm kvm_userspace_exit reason=2 tid=31\n"
        "packet p0/sched\n"
        "lose p0/sched 7\n"
        "60 p0/sched sched_switch prev_tid=0 next_tid=70\n"
        "80 p1/sched sched_switch prev_tid=71 next_tid=31\n"
        "90 p1/kvm kvm_entry tid=31\n"
        "100 p1/kvm kvm_exit reason=10 isa=1 tid=31\n",
        {"vm/0: 4 Unknown, 90 Guest p1, 100", "20 1:10: event 20 entry - gross - host p0",
            "100 1:10: event 100 entry 90 run 10 gross - host p1"});
    row("M11: a packet without events has no end that is doubtful",
        "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "packet p0\n"
        "lose p0 5\n"
        "packet p0\n"
        "40 p0 kvm_entry tid=31\n50 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "60 p0 other:x tid=31\n70 p0 other:x tid=31\n80 p0 other:x tid=31\n90 p0 other:x tid=31\n"
        "100 p0 other:x tid=31\n110 p0 other:x tid=31\n120 p0 other:x tid=31\n130 p0 other:x tid=31\n"
        "140 p0 other:x tid=31\n150 p0 other:x tid=31\n"
        "160 p0 kvm_entry tid=31\n170 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "packet p0\n"
        "310 p0 kvm_entry tid=31\n320 p0 other:x tid=31\n",
        {"vm/0: 10 Guest p0, 20 Unknown, 40 Guest p0, 50 Kvm p0, 160 Guest p0, 170 Kvm p0, 310 Guest p0, 320",
            "20 1:10: event 20 entry 10 run 10 gross - host p0",
            "50 1:10: event 50 entry 40 run 10 gross 110 net 110 kvm 110 host p0",
            "170 1:10: event 170 entry 160 run 10 gross 140 net 140 kvm 140 host p0"});
    row("M12: without sched_switch nothing is known while any pCPU is blind",
        "4 p0 other:x tid=70\n"
        "6 p1 other:x tid=71\n"
        "packet p1\n"
        "lose_packets p1 1\n"
        "10 p0 kvm_entry tid=31\n"
        "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
        "100 p1 other:x tid=71\n"
        "120 p1 kvm_entry tid=31\n"
        "125 p0 other:x tid=70\n"
        "130 p1 kvm_exit reason=10 isa=1 tid=31\n",
        {"vm/0: 4 Unknown, 120 Guest p1, 130", "20 1:12: event 20 entry - gross - halt p0",
            "130 1:10: event 130 entry 120 run 10 gross - host p1"});
    row("M13: it was there in the doubtful tail",
        "5 p0 other:x tid=70\n"
        "packet p0\n"
        "lose p0 9\n"
        "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "50 p0 kvm_entry tid=31\n60 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "80 p1 sched_switch prev_tid=71 next_tid=31\n85 p1 kvm_entry tid=31\n"
        "90 p0 other:x tid=70\n"
        "packet p0\n"
        "200 p0 other:x tid=70\n",
        {"vm/0: 5 Unknown, 85 Guest p1, 200", "20 1:10: event 20 entry - gross - host p0",
            "60 1:10: event 60 entry - gross - host p0"});
    row("M21: a run stays up to the switch, whose thread is then out of sight",
        "4 p1 other:x tid=71\n"
        "5 p0 sched_switch prev_tid=0 next_tid=31\n"
        "12 p1 other:x tid=71\n"
        "packet p1\n"
        "lose_packets p1 1\n"
        "20 p0 kvm_entry tid=31\n"
        "50 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
        "70 p1 other:x tid=71\n"
        "80 p0 sched_switch prev_tid=70 next_tid=31\n"
        "90 p0 kvm_exit reason=10 isa=1 tid=31\n"
        "95 p0 kvm_entry tid=31\n",
        {"vm/0: 4 Unknown, 20 Guest p0, 50 Unknown, 90 Kvm p0, 95",
            "90 1:10: event 90 entry - gross 5 net 5 kvm 5 host p0"});
}

// Events without contexts.
void TestMachineRows::pseudoRows()
{
    row("M5: a loss in a stream without sched_switch forgets nobody",
        "5 p0/sched sched_switch prev_tid=0 next_tid=31\n"
        "10 p0/kvm kvm_entry\n"
        "packet p0/kvm\n"
        "lose p0/kvm 5\n"
        "50 p0/kvm kvm_exit reason=10 isa=1\n"
        "60 p0/kvm kvm_entry\n"
        "70 p0/kvm kvm_exit reason=10 isa=1\n"
        "80 p0/sched sched_switch prev_tid=31 prev_state=0 next_tid=32\n",
        {"vm/0: 5 Unknown, 80", "50 1:10: event 50 entry - gross - host p0",
            "70 1:10: event 70 entry - gross - host p0"});
    row("M7: the idle thread makes no KVM events",
        "10 p1 sched_switch prev_tid=71 next_tid=0\n"
        "20 p1 kvm_entry\n"
        "30 p0 sched_switch prev_tid=70 next_tid=0\n"
        "40 p1 kvm_exit reason=12 isa=1\n",
        {"vm/pCPU 1: 10 Unknown, 20 Guest p1, 40", "40 1:12: event 40 entry 20 run 20 gross - halt p1"});
    row("M22: a loss touches a pseudo-vCPU only on its own pCPU",
        "5 p1 kvm_entry\n"
        "15 p1 kvm_exit reason=10 isa=1\n"
        "20 p0 other:x\n"
        "packet p0\n"
        "lose p0 3\n"
        "30 p1 kvm_entry\n"
        "60 p1 kvm_exit reason=10 isa=1\n"
        "70 p1 kvm_entry\n"
        "90 p0 other:x\n",
        {"vm/pCPU 1: 5 Guest p1, 15 Kvm p1, 30 Guest p1, 60 Kvm p1, 70 Guest p1, 90",
            "15 1:10: event 15 entry 5 run 10 gross 15 net 15 kvm 15 host p1",
            "60 1:10: event 60 entry 30 run 30 gross 10 net 10 kvm 10 host p1"});
}

// Why a thread sleeps.
void TestMachineRows::restRows()
{
    row("M9: contradictions forget why it left KVM_RUN",
        "5 p0 sched_switch prev_tid=0 next_tid=70\n"
        "10 p1 kvm_exit reason=12 isa=1 tid=31\n"
        "30 p0 kvm_userspace_exit reason=5 errno=0 tid=31\n"
        "40 p0 ioctl_exit tid=31\n"
        "50 p0 sched_switch prev_tid=31 prev_state=1 next_tid=70\n"
        "60 p1 other:x tid=71\n",
        {"wrong-pcpu 2", "vm/0: 5 Unknown, 40 Userspace p0, 50 Unknown, 60",
            "10 1:12: event 10 entry - gross - halt p1"});
    row("M20: it left KVM_RUN to rest, whatever the exit was",
        "5 p0 sched_switch prev_tid=0 next_tid=31\n"
        "10 p0 kvm_entry tid=31\n"
        "20 p0 kvm_exit reason=30 isa=1 tid=31\n"
        "25 p0 kvm_userspace_exit reason=5 errno=0 tid=31\n"
        "30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
        "50 p0 sched_switch prev_tid=0 next_tid=31\n"
        "60 p0 kvm_entry tid=31\n",
        {"vm/0: 5 Unknown, 10 Guest p0, 20 Kvm p0, 25 Userspace p0, 30 Idle, 50 Userspace p0, 60",
            "20 1:30: event 20 entry 10 run 10 gross 40 net 20 kvm 5 userspace 15 idle 20 qemu p0"});
}

void TestMachineRows::rows()
{
    QFETCH(QByteArray, script);
    QFETCH(QStringList, expected);
    const std::string_view text(script.constData());
    const BuiltTimeline built = buildTimeline(text);
    QCOMPARE(timelineText(built.timeline, built.reasons, built.diagnostics), expected);
    const Recording recording = loadScript(text);
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(timelineText(recording.hosts[0], recording.reasons, recording.diagnostics), expected);
}

// M6: work belongs to the thread of its entry event, and ends where another thread is seen.
void TestMachineRows::interruptWorkOfAnotherThread()
{
    const std::string_view script = "5 p0 irq_handler_entry tid=0 number=1\n"
                                    "10 p0 kvm_entry tid=31\n"
                                    "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                    "30 p0 irq_handler_entry tid=0 number=1\n"
                                    "40 p0 softirq_entry tid=31 number=1\n"
                                    "50 p0 softirq_exit tid=31 number=1\n"
                                    "60 p0 kvm_entry tid=31\n";
    const QStringList expected{
        QStringLiteral("20 1:10: event 20 entry 10 run 10 gross 40 net 40 kvm 40 irq 10 host p0")};
    const BuiltTimeline built = buildTimeline(script);
    QCOMPARE(exitsText(vcpuNamed(built.timeline, QStringLiteral("vm/0")), built.reasons), expected);
    const Recording recording = loadScript(script);
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons), expected);
    QCOMPARE(firstVcpu(recording).irq.total(), Ns(10));
}

// Its exit event is missing: it ends at the first event there that is of another thread.
void TestMachineRows::interruptWorkThatIsCut()
{
    const std::string_view script = "10 p0 kvm_entry tid=31\n"
                                    "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                    "30 p0 irq_handler_entry tid=31 number=1\n"
                                    "40 p0 other:x tid=70\n"
                                    "60 p0 kvm_entry tid=31\n";
    const QStringList expected{
        QStringLiteral("20 1:10: event 20 entry 10 run 10 gross 40 net 40 kvm 40 irq 10 host p0")};
    const BuiltTimeline built = buildTimeline(script);
    QCOMPARE(exitsText(vcpuNamed(built.timeline, QStringLiteral("vm/0")), built.reasons), expected);
    const Recording recording = loadScript(script);
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons), expected);
}

// M23: how many were lost before the first packet was complete is not known; at least one was.
void TestMachineRows::firstPacketWithLoss()
{
    const Recording recording = loadScript("lose p0 400\n"
                                           "5 p0 kvm_entry tid=31\n"
                                           "10 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                           "packet p0\n"
                                           "20 p0 kvm_entry tid=31\n"
                                           "30 p0 other:x tid=31\n");
    QCOMPARE(statesText(firstVcpu(recording)), QStringLiteral("5 Unknown, 20 Guest p0, 30"));
    QCOMPARE(countOf(recording.diagnostics, "lost-events"), 1);
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (diagnostic.code == QStringLiteral("lost-events"))
            QVERIFY2(diagnostic.message.contains(QStringLiteral("at least 1 event")), qPrintable(diagnostic.message));
}

QTEST_GUILESS_MAIN(TestMachineRows)
#include "tst_machine_rows.moc"
