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
    for (const Record &record : records.records)
        if (record.kind == kind)
            found.push_back(record);
    return found;
}

} // namespace

class TestEventScript : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEvents();
    void readsLosses();
    void tellsNextSwitches();
    void tellsNextSwitchesAfterLosses();
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
    QCOMPARE(exit.exit.reason, std::uint64_t(0xffffffff));
    QCOMPARE(int(exit.isa), 2);
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
                                              "packet p1\n"
                                              "lose_packets p1 1\n"
                                              "70 p1 kvm_exit reason=1 tid=31\n"
                                              "packet p1\n"
                                              "lose p1 4\n")
                                      .records();
    const auto blind = ofKind(records, EventKind::Blind);
    QCOMPARE(blind.size(), std::size_t(2));
    QCOMPARE(blind[0].timeNs, Ns(50));
    QCOMPARE(blind[0].pcpu, 1);
    QCOMPARE(blind[1].timeNs, Ns(70));
    QCOMPARE(int(blind[0].blind.ofSwitches), 0); // no sched_switch in the script
    const auto sighted = ofKind(records, EventKind::Sighted);
    QCOMPARE(sighted.size(), std::size_t(1)); // the second one lasts
    QCOMPARE(sighted[0].timeNs, Ns(70));
    QCOMPARE(records.endNs, Ns(70));
}

void TestEventScript::tellsNextSwitches()
{
    const ScriptRecords records = EventScript("5 p0 kvm_entry\n"
                                              "6 p1 kvm_entry\n"
                                              "9 p0 sched_switch prev_tid=31 next_tid=30\n"
                                              "12 p0 sched_switch prev_tid=30 next_tid=31\n")
                                      .records();
    const auto next = ofKind(records, EventKind::NextSwitch);
    QCOMPARE(next.size(), std::size_t(2));
    QCOMPARE(next[0].tid, 31);
    QCOMPARE(next[0].pcpu, 0);
    QCOMPARE(next[0].timeNs, Ns(5));
    QCOMPARE(next[0].nextSwitch.atNs, Ns(9));
    QCOMPARE(next[1].pcpu, 1); // it has none
    QCOMPARE(next[1].tid, kNoThread);
    QCOMPARE(next[1].timeNs, Ns(5)); // said at the begin of all
    QVERIFY(records.records[0].kind == EventKind::NextSwitch);
}

void TestEventScript::tellsNextSwitchesAfterLosses()
{
    const ScriptRecords records = EventScript("5 p0 kvm_entry\n"
                                              "9 p0 sched_switch prev_tid=31 next_tid=30\n"
                                              "packet p0\nlose_packets p0 1\n"
                                              "20 p0 kvm_exit reason=1\n"
                                              "packet p0\nlose_packets p0 1\n"
                                              "30 p0 kvm_entry\n"
                                              "32 p0 sched_switch prev_tid=40 next_tid=31\n"
                                              "33 p0 sched_switch prev_tid=31 next_tid=30\n")
                                      .records();
    const auto next = ofKind(records, EventKind::NextSwitch);
    QCOMPARE(next.size(), std::size_t(3));
    QCOMPARE(next[1].timeNs, Ns(20));
    QCOMPARE(next[1].tid, kNoThread); // the next loss comes before the next sched_switch
    QCOMPARE(next[1].nextSwitch.atNs, Ns(20)); // behind the event at 20
    QCOMPARE(next[2].timeNs, Ns(30));
    QCOMPARE(next[2].tid, 40);
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
    const ScriptRecords records = EventScript("5 p0 other:rcu_utilization tid=9\n"
                                              "6 p0 other:kvm_wait_lapic_expire tid=9\n"
                                              "7 p0 other:x86_fpu_regs_activated tid=9\n"
                                              "8 p0 other:kvm_x86_cpuid tid=9\n"
                                              "9 p0 sched_waking woken=3 tid=9\n")
                                      .records();
    const std::vector<bool> expected{false, false, false, true, true};
    QCOMPARE(records.records.size(), expected.size());
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
    row("order", "5 p0 kvm_entry\n4 p0 kvm_entry", "line 2: goes back in its stream");
    row("no channel", "5 q0/kvm kvm_entry", "line 1: a physical CPU such as p0 is missing");
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
