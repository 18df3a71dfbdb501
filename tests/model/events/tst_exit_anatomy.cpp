// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/events/exit_anatomy.h"
#include "model/events/raw_record.h"
#include "model/load/load.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What happened inside of one exit, by the events around it.
class TestExitAnatomy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void written();
    void endsThatWereNotSeen();
    void withoutThreads();
    void othersOfAnotherHost();
    void listThatWasCut();
    void statesAreTheParts();
    void meanings();
};

namespace {

// One exit that goes to QEMU, with a system call there, a wait and a thread that had the pCPU meanwhile.
constexpr const char *kScript = "150 p0 ioctl_entry tid=31\n"
                                "200 p0 kvm_entry vcpu_id=0 tid=31\n"
                                "300 p0 kvm_exit reason=123 isa=2 vcpu_id=0 tid=31\n"
                                "310 p0 softirq_entry number=1 tid=31\n"
                                "320 p0 irq_handler_entry number=4 tid=31\n"
                                "330 p0 irq_handler_exit number=4 tid=31\n"
                                "350 p0 softirq_exit number=1 tid=31\n"
                                "360 p0 kvm_userspace_exit reason=2 tid=31\n"
                                "370 p0 ioctl_exit tid=31\n"
                                "380 p0 other:syscall_entry_ppoll tid=31\n"
                                "400 p0 sched_switch prev_tid=31 prev_state=1 next_tid=70 next_comm=hog tid=31\n"
                                "410 p1 irq_handler_entry number=5 tid=99\n"
                                "420 p1 irq_handler_exit number=5 tid=99\n"
                                "430 p0 sched_wakeup woken=31 target=0 tid=70\n"
                                "450 p0 sched_switch prev_tid=70 prev_state=0 next_tid=31 tid=70\n"
                                "460 p0 other:syscall_exit_ppoll tid=31\n"
                                "470 p0 ioctl_entry tid=31\n"
                                "500 p0 kvm_entry vcpu_id=0 tid=31\n"
                                "600 p0 kvm_exit reason=123 isa=2 vcpu_id=0 tid=31\n";

QString textOf(const AnatomySpan &span)
{
    return QStringLiteral("%1%2 %3%4-%5%6")
        .arg(QString(span.depth, u'>'), span.text, span.beganBefore ? QStringLiteral("<") : QString())
        .arg(span.range.from)
        .arg(span.range.to)
        .arg(span.endsBehind ? QStringLiteral("+") : QString());
}

QStringList textsOf(const std::vector<AnatomySpan> &spans)
{
    QStringList texts;
    for (const AnatomySpan &span : spans)
        texts.append(textOf(span));
    return texts;
}

QStringList statesOf(const ExitAnatomy &anatomy)
{
    QStringList texts;
    for (const AnatomyState &state : anatomy.states)
        texts.append(QStringLiteral("%1 %2-%3")
                         .arg(QString::fromUtf8(info(state.state).name), QString::number(state.range.from),
                             QString::number(state.range.to)));
    return texts;
}

std::vector<Ns> markTimes(const ExitAnatomy &anatomy, const EventList &list)
{
    std::vector<Ns> times;
    for (const std::size_t mark : anatomy.marks)
        times.push_back(list.events[mark].timeNs);
    return times;
}

struct Dissected {
    EventList list;
    ExitAnatomy anatomy;
};

Dissected dissected(const Recording &recording, std::size_t exit, TimeRange range, std::size_t most = kMostListed)
{
    Dissected made;
    made.list = readEvents(recording, {}, range, most);
    made.anatomy = anatomyOf(recording, vcpusOf(recording).at(0), exit, made.list, range);
    return made;
}

QStringList listOf(std::initializer_list<const char *> texts)
{
    QStringList list;
    for (const char *text : texts)
        list.append(QString::fromUtf8(text));
    return list;
}

} // namespace

void TestExitAnatomy::written()
{
    WrittenRecording written;
    written.add(kScript);
    const Recording recording = written.load();
    const auto [list, anatomy] = dissected(recording, 0, {100, 510});
    QCOMPARE(anatomy.exitNs, Ns(300));
    QCOMPARE(textsOf(anatomy.calls), listOf({"ioctl (KVM_RUN) 150-370", "ppoll 380-460", "ioctl (KVM_RUN) 470-510+"}));
    QCOMPARE(textsOf(anatomy.interrupts), listOf({"softirq:TIMER 310-350", ">irq:4 320-330"}));
    QCOMPARE(textsOf(anatomy.others), listOf({"hog (70) 400-450"}));
    // Those of the thread, and what woke it and put it back: not those of pCPU 1.
    QCOMPARE(markTimes(anatomy, list),
        (std::vector<Ns>{150, 200, 300, 310, 320, 330, 350, 360, 370, 380, 400, 430, 450, 460, 470, 500}));
    QStringList states = statesOf(anatomy);
    QCOMPARE(states.mid(states.size() - 8),
        listOf({"Guest 200-300", "Kvm 300-360", "Userspace 360-400", "Blocked 400-430", "Preempted 430-450",
            "Userspace 450-470", "Kvm 470-500", "Guest 500-510"}));
}

void TestExitAnatomy::endsThatWereNotSeen()
{
    WrittenRecording written;
    written.add(kScript);
    const Recording recording = written.load();
    const auto [list, anatomy] = dissected(recording, 0, {325, 440});
    QCOMPARE(textsOf(anatomy.calls), listOf({"ioctl <325-370", "ppoll 380-440+"}));
    // The handler ended first, and so was on top of the other.
    QCOMPARE(textsOf(anatomy.interrupts), listOf({"softirq <325-350", ">irq <325-330"}));
    QCOMPARE(textsOf(anatomy.others), listOf({"hog (70) 400-440+"}));
    QVERIFY(!anatomy.others[0].isNobody);
    // Who had the pCPU before the first switch, too.
    const ExitAnatomy late = dissected(recording, 0, {440, 460}).anatomy;
    QCOMPARE(late.others.size(), std::size_t(1));
    QCOMPARE(late.others[0].range.from, Ns(440));
    QVERIFY(late.others[0].beganBefore);
    WrittenRecording idle;
    idle.add("100 p0 kvm_entry vcpu_id=0 tid=31\n"
             "200 p0 kvm_exit reason=120 isa=2 vcpu_id=0 tid=31\n"
             "210 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0 tid=31\n"
             "300 p0 sched_switch prev_tid=0 next_tid=31 tid=0\n"
             "310 p0 kvm_entry vcpu_id=0 tid=31\n");
    const ExitAnatomy rest = dissected(idle.load(), 0, {100, 320}).anatomy;
    QCOMPARE(textsOf(rest.others), listOf({"nobody 210-300"}));
    QVERIFY(rest.others[0].isNobody);
}

// Without thread contexts events are the vCPU's where it has the pCPU.
void TestExitAnatomy::withoutThreads()
{
    WrittenRecording written;
    written.add(kScript, "host", {}, {.tid = false});
    const Recording recording = written.load();
    const auto [list, anatomy] = dissected(recording, 0, {290, 510});
    QCOMPARE(textsOf(anatomy.interrupts), listOf({"softirq:TIMER 310-350", ">irq:4 320-330"}));
    const std::vector<Ns> times = markTimes(anatomy, list);
    QVERIFY(std::ranges::find(times, 300) != times.end());
    QVERIFY(std::ranges::find(times, 410) == times.end()); // of pCPU 1
}

// Another host has the same pCPU, thread and times: nothing of it is of this exit, whether threads are told or not.
void TestExitAnatomy::othersOfAnotherHost()
{
    constexpr const char *kOther = "100 p0 kvm_entry vcpu_id=0 tid=31\n"
                                   "304 p0 kvm_exit reason=120 isa=2 vcpu_id=0 tid=31\n"
                                   "305 p0 other:syscall_entry_read tid=31\n"
                                   "312 p0 irq_handler_entry number=9 tid=31\n"
                                   "314 p0 irq_handler_exit number=9 tid=31\n"
                                   "316 p0 sched_switch prev_tid=31 prev_state=1 next_tid=80 next_comm=far tid=31\n"
                                   "440 p0 sched_wakeup woken=31 target=0 tid=80\n"
                                   "445 p0 sched_switch prev_tid=80 prev_state=0 next_tid=31 tid=80\n"
                                   "480 p0 other:syscall_exit_read tid=31\n"
                                   "490 p0 kvm_entry vcpu_id=0 tid=31\n";
    const auto elsewhere = [](CtfOptions &options) { options.clockUuid = "b007b007-0000-4000-8000-000000000002"; };
    for (const bool tid : {true, false}) {
        WrittenRecording alone, both;
        alone.add(kScript, "host", {}, {.tid = tid});
        both.add(kScript, "host", {}, {.tid = tid}).add(kOther, "other", elsewhere, {.tid = tid});
        const Recording one = alone.load(), two = both.load();
        QCOMPARE(two.hosts.size(), std::size_t(2));
        const auto [expectedList, expected] = dissected(one, 0, {100, 510});
        bool found = false;
        for (const VcpuAt &vcpu : vcpusOf(two)) {
            if (vcpu.vcpu->exits.time(0) != 300)
                continue;
            found = true;
            const EventList list = readEvents(two, {}, {100, 510});
            QVERIFY(list.events.size() > expectedList.events.size()); // the other's are listed
            const ExitAnatomy anatomy = anatomyOf(two, vcpu, 0, list, {100, 510});
            QCOMPARE(textsOf(anatomy.calls), textsOf(expected.calls));
            QCOMPARE(textsOf(anatomy.interrupts), textsOf(expected.interrupts));
            QCOMPARE(textsOf(anatomy.others), textsOf(expected.others));
            QCOMPARE(markTimes(anatomy, list), markTimes(expected, expectedList));
        }
        QVERIFY(found);
        QVERIFY(!expected.interrupts.empty());
    }
}

// Nothing is said of what comes behind the last event that was read.
void TestExitAnatomy::listThatWasCut()
{
    WrittenRecording written;
    written.add(kScript);
    const Recording recording = written.load();
    const auto [list, anatomy] = dissected(recording, 0, {290, 510}, 8);
    QVERIFY(list.areMore);
    QCOMPARE(anatomy.range.to, list.events.back().timeNs);
    QCOMPARE(statesOf(anatomy).back(), QStringLiteral("Userspace 360-380"));
}

// Of each timed exit of the sample the states from its begin to its end are its parts.
void TestExitAnatomy::statesAreTheParts()
{
    const Recording recording = loadRecording({QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")}, {});
    const VcpuAt vcpu = vcpusOf(recording).at(0);
    const ExitColumns &exits = vcpu.vcpu->exits;
    int seen = 0;
    for (std::size_t i = 0; i < exits.size(); i += 11) {
        if (!exits.timed(i))
            continue;
        const ExitParts parts = exits.parts(i);
        const TimeRange range{exits.time(i), exits.time(i) + parts.gross()};
        const ExitAnatomy anatomy = anatomyOf(recording, vcpu, i, {}, range);
        TimePerState states{};
        for (const AnatomyState &state : anatomy.states)
            states[std::size_t(state.state)] += state.range.length();
        QCOMPARE(states[std::size_t(VcpuState::Kvm)], parts.kvm);
        QCOMPARE(states[std::size_t(VcpuState::Userspace)], parts.userspace);
        QCOMPARE(states[std::size_t(VcpuState::Preempted)], parts.preempted);
        QCOMPARE(states[std::size_t(VcpuState::Idle)], parts.idle);
        QCOMPARE(states[std::size_t(VcpuState::Blocked)], parts.blocked);
        ++seen;
    }
    QVERIFY(seen > 20);
}

// Numbers as the sources print them.
void TestExitAnatomy::meanings()
{
    RawEvent event;
    event.name = "sched:sched_switch";
    event.tid = 7;
    event.fields.begin(RawPart::Payload);
    event.fields.add("prev_comm", "a b", true);
    event.fields.add("prev_pid", "0x1F", false);
    event.fields.add("prev_state", "( \"TASK_INTERRUPTIBLE\" : container = 1 )", false);
    event.fields.add("next_comm", "c", true);
    event.fields.add("next_pid", "8", false);
    const MeantEvent meant = meaningOf(event);
    QCOMPARE(meant.record.kind, EventKind::SchedSwitch);
    QCOMPARE(meant.record.switched.prevTid, 31);
    QCOMPARE(meant.record.switched.prevState, 1);
    QCOMPARE(meant.record.switched.nextTid, 8);
    QCOMPARE(meant.prevComm, "a b");
    QCOMPARE(meant.nextComm, "c");
    // Without what it needs it says no more than that it happened.
    RawEvent bare;
    bare.name = "sched_switch";
    QCOMPARE(meaningOf(bare).record.kind, EventKind::HostProof);
}

QTEST_GUILESS_MAIN(TestExitAnatomy)
#include "tst_exit_anatomy.moc"
