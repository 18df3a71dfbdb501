// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/event_script.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

std::string errorOf(const char *text)
{
    try {
        EventScript(text).records();
    } catch (const std::invalid_argument &error) {
        return error.what();
    }
    return "no error";
}

std::vector<Record> ofKind(const ScriptRecords &records, EventKind kind)
{
    std::vector<Record> found;
    for (const Record &record : records.records) {
        if (record.kind == kind)
            found.push_back(record);
    }
    return found;
}

} // namespace

class TestEventScript : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEvents();
    void readsLosses();
    void tellsCurrentThreads();
    void tellsCurrentThreadsAfterLosses();
    void tellsThreads();
    void knowsWhatProvesTheHost();
    void tellsErrors_data();
    void tellsErrors();
};

void TestEventScript::readsEvents()
{
    const ScriptRecords records = EventScript("# a comment\n"
                                              "5 p0 kvm_entry vcpu_id=39212272 tid=31\n"
                                              "\n"
                                              "45 p0 kvm_exit reason=0xffffffff isa=2 rip=0xffffffff81000000 # here\n"
                                              "50 p2 kvm_userspace_exit reason=5 errno=-4 tid=31\n"
                                              "60 p2 ioctl_entry cmd=0xae80 tid=31\n"
                                              "70 p2 sched_wakeup woken=31 tid=0\n"
                                              "75 p2 softirq_entry number=3 tid=0\n")
                                      .records();
    QCOMPARE(records.records.size(), std::size_t(6));
    QCOMPARE(records.beginNs, Ns(5));
    QCOMPARE(records.endNs, Ns(75));
    const Record &entry = records.records[0];
    QVERIFY(entry.kind == EventKind::VmEntry);
    QCOMPARE(entry.timeNs, Ns(5));
    QCOMPARE(entry.pcpu, 0);
    QCOMPARE(entry.tid, 31);
    QCOMPARE(entry.entry.vcpuId, std::int64_t(39212272));
    const Record &exit = records.records[1];
    QVERIFY(exit.kind == EventKind::VmExit);
    QCOMPARE(exit.tid, kNoThread);
    QCOMPARE(exit.exit.reason, 0xffffffffu);
    QCOMPARE(exit.exit.isa, 2u);
    QCOMPARE(exit.exit.guestRip, std::uint64_t(0xffffffff81000000));
    QCOMPARE(exit.exit.vcpuId, std::int32_t(kNoVcpuId));
    QVERIFY(!exit.hasIntrInfo);
    QCOMPARE(records.records[2].userspaceExit.reason, 5);
    QCOMPARE(records.records[2].userspaceExit.error, -4);
    QCOMPARE(records.records[3].ioctlEntry.cmd, kKvmRun);
    QCOMPARE(records.records[4].wakeup.tid, 31);
    QVERIFY(records.records[5].kind == EventKind::IrqBegin && records.records[5].irq.source == IrqSource::Softirq);
}

void TestEventScript::readsLosses()
{
    const ScriptRecords records = EventScript("50 p1 kvm_entry tid=31\n"
                                              "60 p1 lost unknown_from=50 until=70\n"
                                              "70 p1 lost until=end\n")
                                      .records();
    const auto blind = ofKind(records, EventKind::Blind);
    QCOMPARE(blind.size(), std::size_t(2));
    QCOMPARE(blind[0].timeNs, Ns(60));
    QCOMPARE(blind[0].pcpu, 1);
    QCOMPARE(blind[0].blind.unknownFromNs, Ns(50));
    QCOMPARE(blind[0].blind.untilNs, Ns(70));
    QCOMPARE(blind[1].blind.unknownFromNs, Ns(70));
    QCOMPARE(blind[1].blind.untilNs, kEndOfRecording);
    QCOMPARE(records.endNs, Ns(50));
}

void TestEventScript::tellsCurrentThreads()
{
    const ScriptRecords records = EventScript("5 p0 kvm_entry\n"
                                              "6 p1 kvm_entry\n"
                                              "9 p0 sched_switch prev_tid=31 next_tid=30\n"
                                              "12 p0 sched_switch prev_tid=30 next_tid=31\n")
                                      .records();
    const auto current = ofKind(records, EventKind::CurrentThread);
    QCOMPARE(current.size(), std::size_t(1)); // p1 has no sched_switch: nothing is known of it
    QCOMPARE(current[0].tid, 31);
    QCOMPARE(current[0].pcpu, 0);
    QCOMPARE(current[0].timeNs, Ns(5));
    QVERIFY(records.records[0].kind == EventKind::CurrentThread);
}

void TestEventScript::tellsCurrentThreadsAfterLosses()
{
    const ScriptRecords records = EventScript("5 p0 kvm_entry\n"
                                              "9 p0 sched_switch prev_tid=31 next_tid=30\n"
                                              "9 p0 lost until=20\n"
                                              "20 p0 kvm_exit reason=1\n"
                                              "20 p0 lost until=30\n"
                                              "30 p0 kvm_entry\n"
                                              "32 p0 sched_switch prev_tid=40 next_tid=31\n"
                                              "33 p0 sched_switch prev_tid=31 next_tid=30\n")
                                      .records();
    const auto current = ofKind(records, EventKind::CurrentThread);
    QCOMPARE(current.size(), std::size_t(3));
    QCOMPARE(current[1].timeNs, Ns(20));
    QCOMPARE(current[1].tid, kNoThread); // the next loss comes before the next sched_switch
    QCOMPARE(current[2].timeNs, Ns(30));
    QCOMPARE(current[2].tid, 40);
}

void TestEventScript::tellsThreads()
{
    const ScriptRecords records = EventScript("thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                                              "5 p0 kvm_entry tid=31\n"
                                              "6 p0 kvm_exit reason=1 tid=31\n"
                                              "7 p0 process_state of_tid=41 of_pid=40 of_name=qemu tid=9\n"
                                              "8 p0 sched_process_fork child_tid=42 child_pid=40 tid=41\n")
                                      .records();
    const auto threads = ofKind(records, EventKind::ThreadInfo);
    QCOMPARE(threads.size(), std::size_t(3));
    QCOMPARE(threads[0].timeNs, Ns(5));
    QCOMPARE(threads[0].tid, 31);
    QCOMPARE(threads[0].thread.pid, 30);
    QCOMPARE(records.names.at(threads[0].thread.name), std::string("CPU 0/KVM"));
    QCOMPARE(threads[1].tid, 41);
    QCOMPARE(records.names.at(threads[1].thread.name), std::string("qemu"));
    QCOMPARE(threads[2].tid, 42);
    QCOMPARE(threads[2].thread.pid, 40);
    QCOMPARE(threads[2].thread.name, kNoName);
    QVERIFY(records.records[0].kind == EventKind::ThreadInfo && !records.records[0].provesHost);
}

void TestEventScript::knowsWhatProvesTheHost()
{
    const ScriptRecords records = EventScript("5 p0 other:rcu_utilization\n"
                                              "6 p0 other:kvm_wait_lapic_expire\n"
                                              "7 p0 other:x86_fpu_regs_activated\n"
                                              "8 p0 other:kvm_x86_cpuid\n"
                                              "9 p0 sched_waking woken=3\n")
                                      .records();
    const std::vector<bool> expected{false, false, false, true, true};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QVERIFY(records.records[i].kind == EventKind::HostProof);
        QCOMPARE(records.records[i].provesHost, bool(expected[i]));
    }
}

void TestEventScript::tellsErrors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, const char *text, const char *error) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(error);
    };
    row("no time", "kvm_entry tid=3", "line 1: 'kvm_entry' is no 64-bit number");
    row("no pCPU", "\n5 kvm_entry", "line 2: a physical CPU such as p0 is missing");
    row("bad pCPU", "5 p-1 kvm_entry", "line 1: 'p-1' is no physical CPU");
    row("no event", "5 p0", "line 1: the name of an event is missing");
    row("unknown event", "5 p0 kvm_entr",
        "line 1: unknown event 'kvm_entr' (other:kvm_entr is an event that only proves the host)");
    row("unknown key", "5 p0 kvm_entry reason=3", "line 1: kvm_entry has no key 'reason'");
    row("missing key", "5 p0 sched_switch prev_tid=3", "line 1: sched_switch needs next_tid=");
    row("bad number", "5 p0 kvm_exit reason=x", "line 1: 'x' is no 64-bit number");
    row("too big", "5 p0 kvm_exit reason=18446744073709551616", "line 1: '18446744073709551616' is no 64-bit number");
    row("open quote", "thread 3 name=\"a b", "line 1: a quotation mark is not closed");
    row("thread twice", "thread 3 pid=1\nthread 3 pid=2", "line 2: thread 3 was described before");
    row("order", "5 p0 kvm_entry\n4 p0 kvm_entry", "line 2: not ordered by time, then physical CPU");
    row("order of pCPUs", "5 p1 kvm_entry\n5 p0 kvm_entry", "line 2: not ordered by time, then physical CPU");
    row("no until", "5 p0 lost", "line 1: lost needs until=");
    row("loss backwards", "5 p0 lost until=4", "line 1: lost needs unknown_from <= time <= until");
    row("event in a loss", "5 p0 lost until=9\n8 p0 kvm_entry",
        "line 2: an event within a stretch whose events were lost");
    row("lose", "lose p0 3", "line 1: lose is for written traces; use lost");
    row("lose nothing", "lose p0 0", "line 1: the count must be positive");
    row("packet and more", "packet p0 3", "line 1: '3' is not expected here");
}

void TestEventScript::tellsErrors()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, error);
    QCOMPARE(QByteArray::fromStdString(errorOf(text.constData())), error);
}

QTEST_GUILESS_MAIN(TestEventScript)
#include "tst_event_script.moc"
