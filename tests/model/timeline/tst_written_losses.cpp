// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What lost events and packets make Unknown: manual "Definitions", Loss.
class TestWrittenLosses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lostEvents();
    void lostEventsOfAShortPacket();
    void seenElsewhere();
    void withoutSwitches();
    void lostPackets();
    void openEntry();
    void runWithoutLength();
    void stretchWithoutLength();
    void pseudoVcpuFromItsEntry();
    void userspaceExitOnABlindPcpu();
    void stepsBack();
};

namespace {

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

// A packet of 13 events, the second of three: its 11th-last event is the entry at 120.
const char *const kThreePackets = R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
40 p0 kvm_entry tid=31
50 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose p0 7
100 p0 kvm_entry tid=31
110 p0 kvm_exit reason=10 isa=1 tid=31
120 p0 kvm_entry tid=31
130 p0 kvm_exit reason=10 isa=1 tid=31
140 p0 kvm_entry tid=31
150 p0 kvm_exit reason=10 isa=1 tid=31
160 p0 kvm_entry tid=31
170 p0 kvm_exit reason=10 isa=1 tid=31
180 p0 kvm_entry tid=31
190 p0 kvm_exit reason=10 isa=1 tid=31
200 p0 kvm_entry tid=31
210 p0 kvm_exit reason=10 isa=1 tid=31
220 p0 kvm_entry tid=31
packet p0
300 p0 kvm_exit reason=10 isa=1 tid=31
310 p0 kvm_entry tid=31
320 p0 kvm_exit reason=10 isa=1 tid=31
330 p0 kvm_entry tid=31
)";

QString untimed(int time)
{
    return QStringLiteral("%1 1:10: event %1 entry - gross - host p0").arg(time);
}

} // namespace

void TestWrittenLosses::lostEvents()
{
    const Recording recording = loadScript(kThreePackets);
    // Blind from 50 to 100, and from 220 to 300; Unknown already from the 11th-last event, 120.
    QCOMPARE(statesText(firstVcpu(recording)),
        text("10 Unknown, 20 Guest p0, 30 Kvm p0, 40 Guest p0, 50 Unknown, 100 Guest p0, 110 Kvm p0, 120 Unknown, "
             "300 Kvm p0, 310 Guest p0, 320 Kvm p0, 330"));
    // All exits count; those after 120 have neither run nor duration until the exit event at 300.
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 20 run 10 gross 10 net 10 kvm 10 host p0"),
            text("50 1:10: event 50 entry 40 run 10 gross - host p0"),
            text("110 1:10: event 110 entry 100 run 10 gross 10 net 10 kvm 10 host p0"), untimed(130), untimed(150),
            untimed(170), untimed(190), untimed(210),
            text("300 1:10: event 300 entry - gross 10 net 10 kvm 10 host p0"),
            text("320 1:10: event 320 entry 310 run 10 gross 10 net 10 kvm 10 host p0")}));
    QCOMPARE(firstVcpu(recording).entries.size(), std::size_t(11));
    // The same without files and readers.
    const BuiltTimeline built = buildTimeline(kThreePackets);
    QCOMPARE(statesText(built.timeline.vms.at(0).vcpus.at(0)), statesText(firstVcpu(recording)));
    QCOMPARE(
        exitsText(built.timeline.vms[0].vcpus[0], built.reasons), exitsText(firstVcpu(recording), recording.reasons));

    QCOMPARE(countOf(recording.diagnostics, "lost-events"), 7);
    QCOMPARE(countOf(recording.diagnostics, "entry-in-entry"), 0);
    QCOMPARE(countOf(recording.diagnostics, "exit-without-entry"), 0);
    QCOMPARE(recording.traces.at(0).discardedEvents, std::int64_t(7));
}

// A packet of fewer than 11 events: Unknown already from the last event of the one before it.
void TestWrittenLosses::lostEventsOfAShortPacket()
{
    const Recording recording = loadScript(R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
40 p0 kvm_entry tid=31
50 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose p0 1
100 p0 kvm_entry tid=31
110 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
200 p0 kvm_userspace_exit reason=2 tid=31
210 p0 kvm_entry tid=31
220 p0 kvm_exit reason=10 isa=1 tid=31
)");
    QCOMPARE(statesText(firstVcpu(recording)),
        text("10 Unknown, 20 Guest p0, 30 Kvm p0, 40 Guest p0, 50 Unknown, 200 Userspace p0, 210 Guest p0, 220"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 20 run 10 gross 10 net 10 kvm 10 host p0"),
            text("50 1:10: event 50 entry 40 run 10 gross - host p0"), untimed(110),
            text("220 1:10: event 220 entry 210 run 10 gross - host p0")}));
}

// While p0 is blind (50-100, 220-300), the vCPU on p1 is seen, until it is switched out: it could come to p0.
void TestWrittenLosses::seenElsewhere()
{
    const Recording recording = loadScript(std::string(kThreePackets) + R"(
12 p1 sched_switch prev_tid=0 next_tid=41
25 p1 kvm_entry tid=41
60 p1 kvm_exit reason=10 isa=1 tid=41
70 p1 kvm_entry tid=41
250 p1 kvm_exit reason=10 isa=1 tid=41
260 p1 sched_switch prev_tid=41 prev_state=1 next_tid=0
280 p1 sched_switch prev_tid=0 next_tid=41
290 p1 kvm_entry tid=41
310 p1 kvm_exit reason=10 isa=1 tid=41
320 p1 sched_switch prev_tid=41 prev_state=0 next_tid=0
330 p1 sched_switch prev_tid=0 next_tid=41
340 p1 kvm_entry tid=41
)");
    QCOMPARE(statesText(vcpuNamed(recording, text("vm/1"))),
        text("10 Unknown, 25 Guest p1, 60 Kvm p1, 70 Guest p1, 250 Kvm p1, 260 Unknown, 290 Guest p1, 310 Kvm p1, "
             "320 Preempted, 330 Kvm p1, 340"));
    QCOMPARE(exitsText(vcpuNamed(recording, text("vm/1")), recording.reasons),
        (QStringList{text("60 1:10: event 60 entry 25 run 35 gross 10 net 10 kvm 10 host p1"),
            text("250 1:10: event 250 entry 70 run 180 gross - host p1"),
            text("310 1:10: event 310 entry 290 run 20 gross 30 net 20 kvm 20 preempted 10 preempted p1")}));
    QVERIFY(statesText(vcpuNamed(recording, text("vm/0"))).contains(text("50 Unknown, 100 Guest p0")));
}

// Nobody says who was where: all vCPUs are Unknown until their first KVM event at which no pCPU is blind.
void TestWrittenLosses::withoutSwitches()
{
    const Recording recording = loadScript(R"(
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose_packets p0 1
60 p0 kvm_entry tid=31
70 p0 kvm_exit reason=10 isa=1 tid=31
25 p1 kvm_entry tid=41
35 p1 kvm_exit reason=10 isa=1 tid=41
45 p1 kvm_entry tid=41
55 p1 kvm_exit reason=10 isa=1 tid=41
65 p1 kvm_entry tid=41
)");
    QCOMPARE(statesText(vcpuNamed(recording, text("vm/0"))), text("20 Guest p0, 30 Unknown, 60 Guest p0, 70"));
    // The entry at 25 was open when p0 became blind at 30, but on another pCPU.
    QCOMPARE(
        statesText(vcpuNamed(recording, text("vm/1"))), text("20 Unknown, 25 Guest p1, 30 Unknown, 65 Guest p1, 70"));
    QCOMPARE(exitsText(vcpuNamed(recording, text("vm/1")), recording.reasons),
        (QStringList{
            text("35 1:10: event 35 entry - gross - host p1"), text("55 1:10: event 55 entry - gross - host p1")}));
}

// Whole packets are missing: blind from the last event before to the first after, no more.
void TestWrittenLosses::lostPackets()
{
    const Recording recording = loadScript(R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose_packets p0 2
100 p0 kvm_entry tid=31
110 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
120 p0 kvm_entry tid=31
)");
    QCOMPARE(
        statesText(firstVcpu(recording)), text("10 Unknown, 20 Guest p0, 30 Unknown, 100 Guest p0, 110 Kvm p0, 120"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 20 run 10 gross - host p0"),
            text("110 1:10: event 110 entry 100 run 10 gross 10 net 10 kvm 10 host p0")}));
    QCOMPARE(countOf(recording.diagnostics, "lost-packets"), 2);
    QCOMPARE(countOf(recording.diagnostics, "lost-events"), 0);
}

// An entry without its exit event yet is Unknown from its begin, although a host event ended its run before the loss.
void TestWrittenLosses::openEntry()
{
    const Recording recording = loadScript(R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
40 p0 kvm_entry tid=31
45 p0 irq_handler_entry tid=31
packet p0
lose_packets p0 1
100 p0 kvm_exit reason=1 isa=1 tid=31
110 p0 kvm_entry tid=31
)");
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Unknown, 20 Guest p0, 30 Kvm p0, 40 Unknown, 100 Kvm p0, 110"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 20 run 10 gross 10 net 10 kvm 10 host p0"),
            text("100 1:1: event 100 entry - gross 10 net 10 kvm 10 interrupt p0")}));
}

// A run without length is where it is: the vCPU is Unknown at that time, so there is no run. A longer one that ends
// there does not touch what begins with its end.
void TestWrittenLosses::runWithoutLength()
{
    const BuiltTimeline built = buildTimeline(R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose_packets p0 1
50 p0 other:x tid=31
60 p0 kvm_entry tid=31
70 p0 kvm_exit reason=10 isa=1 tid=31
70 p0 kvm_entry tid=31
70 p0 kvm_exit reason=10 isa=1 tid=31
80 p0 kvm_entry tid=31
90 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose_packets p0 1
)");
    const Vcpu &vcpu = built.timeline.vms.at(0).vcpus.at(0);
    QCOMPARE(statesText(vcpu), text("10 Unknown, 60 Guest p0, 70 Kvm p0, 80 Guest p0, 90"));
    QCOMPARE(exitsText(vcpu, built.reasons),
        (QStringList{untimed(20), text("70 1:10: event 70 entry 60 run 10 gross 0 net 0 host p0"),
            text("70 1:10: event 70 entry 70 run 0 gross 10 net 10 kvm 10 host p0"),
            text("90 1:10: event 90 entry 80 run 10 gross - host p0")}));
}

// A stretch without length makes Unknown too: the exit over it is not timed.
void TestWrittenLosses::stretchWithoutLength()
{
    const char *const script = R"(
5 p0 sched_switch prev_tid=0 next_tid=31
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose_packets p0 1
20 p0 other:kvm_x86_cpuid tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=10 isa=1 tid=31
)";
    const Recording recording = loadScript(script);
    QCOMPARE(statesText(firstVcpu(recording)), text("5 Unknown, 10 Guest p0, 20 Unknown, 30 Guest p0, 40"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("20 1:10: event 20 entry 10 run 10 gross - host p0"),
            text("40 1:10: event 40 entry 30 run 10 gross - host p0")}));
    const BuiltTimeline built = buildTimeline(script);
    QCOMPARE(statesText(built.timeline.vms.at(0).vcpus.at(0)), statesText(firstVcpu(recording)));
}

// A pseudo-vCPU is on the pCPU that becomes blind: Unknown already from its open entry, though its run ended before.
void TestWrittenLosses::pseudoVcpuFromItsEntry()
{
    const BuiltTimeline built = buildTimeline(R"(
10 p0 kvm_entry
15 p0 other:power_cpu_idle
packet p0
lose_packets p0 1
30 p0 kvm_exit reason=10 isa=1
40 p0 kvm_entry
50 p0 kvm_exit reason=10 isa=1
)");
    const QString name = text("vm/pCPU 0");
    const Vcpu &vcpu = vcpuNamed(built.timeline, name);
    QCOMPARE(statesText(vcpu), text("10 Unknown, 30 Kvm p0, 40 Guest p0, 50"));
    QCOMPARE(exitsText(vcpu, built.reasons),
        (QStringList{text("30 1:10: event 30 entry - gross 10 net 10 kvm 10 host p0"),
            text("50 1:10: event 50 entry 40 run 10 gross - host p0")}));
}

// It may have left KVM_RUN once more since, for something else: asleep then it is neither Idle nor Blocked.
void TestWrittenLosses::userspaceExitOnABlindPcpu()
{
    const BuiltTimeline built = buildTimeline(R"(
5 p0 sched_switch prev_tid=0 next_tid=31
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
packet p0
lose p0 3
30 p0 kvm_userspace_exit reason=5 errno=0 tid=31
packet p0
40 p0 ioctl_exit tid=31
50 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
60 p0 sched_wakeup woken=31 tid=0
70 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31
80 p0 kvm_entry tid=31
)");
    QCOMPARE(statesText(built.timeline.vms.at(0).vcpus.at(0)),
        text("5 Unknown, 10 Guest p0, 20 Unknown, 40 Userspace p0, 50 Unknown, 60 Preempted, 70 Userspace p0, 80"));
}

// A time before the event ahead of it is taken as that event's.
void TestWrittenLosses::stepsBack()
{
    const Recording recording = loadScript(R"(
10 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
60 p0 other:kvm_x86_cpuid tid=31
55 p0 kvm_entry tid=31
70 p0 kvm_exit reason=10 isa=1 tid=31
15 p1 other:power_cpu_idle tid=0
80 p1 other:power_cpu_idle tid=0
)");
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Guest p0, 30 Kvm p0, 60 Guest p0, 70 Kvm p0, 80"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 10 run 20 gross 30 net 30 kvm 30 host p0"),
            text("70 1:10: event 70 entry 60 run 10 gross - host p0")}));
    QCOMPARE(countOf(recording.diagnostics, "time-steps-back"), 1);
}

QTEST_GUILESS_MAIN(TestWrittenLosses)
#include "tst_written_losses.moc"
