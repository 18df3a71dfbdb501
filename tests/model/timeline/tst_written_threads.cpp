// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Who is which vCPU of which VM, in traces of every tracer: manual "Definitions", Threads, vCPUs, VMs.
class TestWrittenThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void twoVms();
    void twoVmsOfOneName();
    void idsOfOldKernels();
    void garbageEntryIds_data();
    void garbageEntryIds();
    void idsByThreadName();
    void idsByRank();
    void idsThatAreNotDifferent();
    void idsOfTwoVms();
    void processByFork();
    void threadsBySwitchOnly();
    void pseudoVcpus();
    void perf();
};

namespace {

// Both VMs have a vCPU 0; VMX 10 is CPUID, 12 is HLT.
const char *const kTwoVms = R"(
thread 31 pid=30 name="CPU 0/KVM"
thread 41 pid=40 name="CPU 0/KVM"
20 p0 kvm_entry tid=31
25 p1 kvm_entry tid=41
30 p0 kvm_exit reason=10 isa=1 vcpu_id=0 tid=31
40 p1 kvm_exit reason=12 isa=1 vcpu_id=0 tid=41
50 p0 kvm_entry tid=31
70 p1 kvm_entry tid=41
)";

QString states(const Recording &recording, const char *id)
{
    return statesText(vcpuNamed(recording, QString::fromLatin1(id)));
}

QStringList exits(const Recording &recording, const char *id)
{
    return exitsText(vcpuNamed(recording, QString::fromLatin1(id)), recording.reasons);
}

} // namespace

void TestWrittenThreads::twoVms()
{
    const Recording recording = loadScript(std::string("10 p0 process_state of_tid=30 of_pid=30 of_name=alpha tid=1\n"
                                                       "11 p0 process_state of_tid=40 of_pid=40 of_name=beta tid=1\n")
        + kTwoVms);
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{QStringLiteral("alpha/0 tid 31"), QStringLiteral("beta/0 tid 41")}));
    QCOMPARE(states(recording, "alpha/0"), QStringLiteral("10 Unknown, 20 Guest p0, 30 Kvm p0, 50 Guest p0, 70"));
    QCOMPARE(states(recording, "beta/0"), QStringLiteral("10 Unknown, 25 Guest p1, 40 Kvm p1, 70"));
    QCOMPARE(exits(recording, "alpha/0"),
        QStringList{QStringLiteral("30 1:10: event 30 entry 20 run 10 gross 20 net 20 kvm 20 host p0")});
    QCOMPARE(exits(recording, "beta/0"),
        QStringList{QStringLiteral("40 1:12: event 40 entry 25 run 15 gross 30 net 30 kvm 30 halt p1")});
    QCOMPARE(recording.hosts[0].vms[1].vcpus[0].haltKvm.total(), Ns(30));
}

void TestWrittenThreads::twoVmsOfOneName()
{
    const Recording named = loadScript(std::string("10 p0 process_state of_tid=30 of_pid=30 of_name=qemu tid=1\n"
                                                   "11 p0 process_state of_tid=40 of_pid=40 of_name=qemu tid=1\n")
        + kTwoVms);
    QCOMPARE(vcpusText(named.hosts.at(0)),
        (QStringList{QStringLiteral("qemu-30/0 tid 31"), QStringLiteral("qemu-40/0 tid 41")}));
    const Recording unnamed = loadScript(kTwoVms);
    QCOMPARE(vcpusText(unnamed.hosts.at(0)),
        (QStringList{QStringLiteral("vm-30/0 tid 31"), QStringLiteral("vm-40/0 tid 41")}));
}

// Before 5.10 exits have no vcpu_id, and that of entries is right: it is not the order of the tids here.
void TestWrittenThreads::idsOfOldKernels()
{
    const Recording recording = loadScript(R"(
20 p0 kvm_entry tid=31 pid=30 vcpu_id=1
25 p1 kvm_entry tid=32 pid=30 vcpu_id=0
30 p0 kvm_exit reason=10 isa=1 tid=31 pid=30
40 p1 kvm_exit reason=10 isa=1 tid=32 pid=30
50 p0 kvm_entry tid=31 pid=30 vcpu_id=1
)",
        [](CtfOptions &options) { options.tracer = Tracer::OldLttng; });
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{QStringLiteral("vm-30/0 tid 32"), QStringLiteral("vm-30/1 tid 31")}));
    QCOMPARE(exits(recording, "vm-30/1"),
        QStringList{QStringLiteral("30 1:10: event 30 entry 20 run 10 gross 20 net 20 kvm 20 host p0")});
    QCOMPARE(countOf(recording.diagnostics, "vcpu-ids-distrusted"), 0);
}

void TestWrittenThreads::garbageEntryIds_data()
{
    QTest::addColumn<bool>("contexts");
    QTest::addColumn<QString>("vm");
    QTest::newRow("with contexts") << true << QStringLiteral("vm-30");
    QTest::newRow("without contexts") << false << QStringLiteral("vm");
}

// LTTng on kernels from 5.10: the ids of entries are pointers, those of exits are right.
void TestWrittenThreads::garbageEntryIds()
{
    QFETCH(bool, contexts);
    QFETCH(QString, vm);
    const Recording recording = loadScript(R"(
10 p0 sched_switch prev_tid=9 next_tid=31 tid=9 pid=9
10 p1 sched_switch prev_tid=9 next_tid=32 tid=9 pid=9
20 p0 kvm_entry vcpu_id=39212272 tid=31 pid=30
25 p1 kvm_entry vcpu_id=39205024 tid=32 pid=30
30 p0 kvm_exit reason=114 isa=2 vcpu_id=1 tid=31 pid=30
40 p1 kvm_exit reason=114 isa=2 vcpu_id=0 tid=32 pid=30
50 p0 kvm_entry vcpu_id=39212272 tid=31 pid=30
55 p1 kvm_entry vcpu_id=39205024 tid=32 pid=30
)",
        {}, {.tid = contexts, .pid = contexts});
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{vm % QStringLiteral("/0 tid 32"), vm % QStringLiteral("/1 tid 31")}));
    QCOMPARE(exitsText(vcpuNamed(recording, vm % QStringLiteral("/0")), recording.reasons),
        QStringList{QStringLiteral("40 2:114: event 40 entry 25 run 15 gross 15 net 15 kvm 15 host p1")});
}

void TestWrittenThreads::idsByThreadName()
{
    const Recording recording = loadScript(R"(
thread 31 pid=30 name="CPU 5/KVM"
thread 32 pid=30 name="CPU 2/KVM"
20 p0 kvm_entry vcpu_id=39212272 tid=31
25 p1 kvm_entry vcpu_id=39205024 tid=32
30 p0 kvm_exit reason=114 isa=2 tid=31
40 p1 kvm_exit reason=114 isa=2 tid=32
)");
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{QStringLiteral("vm-30/2 tid 32"), QStringLiteral("vm-30/5 tid 31")}));
    QCOMPARE(countOf(recording.diagnostics, "vcpu-ids-distrusted"), 0); // each has its number
}

void TestWrittenThreads::idsByRank()
{
    const Recording recording = loadScript(R"(
20 p0 kvm_entry vcpu_id=39212272 tid=35 pid=30
25 p1 kvm_entry vcpu_id=39205024 tid=32 pid=30
30 p0 kvm_exit reason=114 isa=2 tid=35 pid=30
40 p1 kvm_exit reason=114 isa=2 tid=32 pid=30
)");
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{QStringLiteral("vm-30/0 tid 32"), QStringLiteral("vm-30/1 tid 35")}));
}

// The entries' ids are the first that give a number, so the exits' do not count. Two that overlap in time cannot both
// have it, and with no number left their ranks stand for them.
void TestWrittenThreads::idsThatAreNotDifferent()
{
    const Recording recording = loadScript(R"(
20 p0 kvm_entry vcpu_id=0 tid=31 pid=30
25 p1 kvm_entry vcpu_id=0 tid=32 pid=30
30 p0 kvm_exit reason=114 isa=2 tid=31 pid=30 vcpu_id=8
40 p1 kvm_exit reason=114 isa=2 tid=32 pid=30 vcpu_id=7
)");
    QCOMPARE(vcpusText(recording.hosts.at(0)),
        (QStringList{QStringLiteral("vm-30/0 tid 31"), QStringLiteral("vm-30/1 tid 32")}));
    QCOMPARE(countOf(recording.diagnostics, "vcpu-ids-distrusted"), 2); // threads
}

// Each VM whose ids are of no use is told.
void TestWrittenThreads::idsOfTwoVms()
{
    const Recording recording = loadScript(R"(
20 p0 kvm_entry vcpu_id=39212272 tid=31 pid=30
25 p1 kvm_entry vcpu_id=39205024 tid=41 pid=40
30 p0 kvm_exit reason=114 isa=2 tid=31 pid=30
40 p1 kvm_exit reason=114 isa=2 tid=41 pid=40
)");
    QStringList told;
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (diagnostic.code == QStringLiteral("vcpu-ids-distrusted"))
            told.append(diagnostic.message);
    QCOMPARE(told.size(), 2);
    QVERIFY(told[0].contains(QStringLiteral("vm-30")) && told[1].contains(QStringLiteral("vm-40")));
}

// Without the pid context a fork says whose process the thread is.
void TestWrittenThreads::processByFork()
{
    const Recording recording = loadScript(R"(
10 p0 sched_process_fork child_tid=31 child_pid=30 child_comm=qemu tid=30
20 p0 kvm_entry vcpu_id=0 tid=31
30 p0 kvm_exit reason=114 isa=2 tid=31
)",
        {}, {.pid = false, .procname = false});
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{QStringLiteral("vm-30/0 tid 31")});
}

// Before the first sched_switch of a pCPU its thread is that one's prev.
void TestWrittenThreads::threadsBySwitchOnly()
{
    const Recording recording = loadScript(R"(
10 p0 kvm_entry vcpu_id=0
15 p1 sched_switch prev_tid=50 next_tid=0
20 p0 kvm_exit reason=120 isa=2
25 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
40 p1 sched_switch prev_tid=0 next_tid=31
45 p1 kvm_entry vcpu_id=0
)");
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{QStringLiteral("vm/0 tid 31")});
    QCOMPARE(states(recording, "vm/0"), QStringLiteral("10 Guest p0, 20 Kvm p0, 25 Idle, 40 Kvm p1, 45"));
    QCOMPARE(exits(recording, "vm/0"),
        QStringList{QStringLiteral("20 2:120: event 20 entry 10 run 10 gross 25 net 10 kvm 10 idle 15 halt p0")});
}

// Neither contexts nor sched_switch: one vCPU per pCPU; system calls could be of any thread.
void TestWrittenThreads::pseudoVcpus()
{
    const Recording recording = loadScript(R"(
10 p0 kvm_entry vcpu_id=39212272
15 p1 kvm_entry vcpu_id=39205024
20 p0 kvm_exit reason=123 isa=2 vcpu_id=1
22 p0 ioctl_exit
26 p0 kvm_userspace_exit reason=2
30 p0 ioctl_entry
40 p0 kvm_entry vcpu_id=39212272
50 p1 kvm_exit reason=114 isa=2 vcpu_id=0
)");
    QCOMPARE(vcpusText(recording.hosts.at(0)), (QStringList{QStringLiteral("vm/pCPU 0"), QStringLiteral("vm/pCPU 1")}));
    QCOMPARE(
        states(recording, "vm/pCPU 0"), QStringLiteral("10 Guest p0, 20 Kvm p0, 26 Userspace p0, 40 Guest p0, 50"));
    QCOMPARE(states(recording, "vm/pCPU 1"), QStringLiteral("10 Unknown, 15 Guest p1, 50"));
    QCOMPARE(exits(recording, "vm/pCPU 0"),
        QStringList{QStringLiteral("20 2:123: event 20 entry 10 run 10 gross 20 net 20 kvm 6 userspace 14 qemu p0")});
    QCOMPARE(exits(recording, "vm/pCPU 1"),
        QStringList{QStringLiteral("50 2:114: event 50 entry 15 run 35 gross - host p1")});
    QCOMPARE(countOf(recording.diagnostics, "threads-unknown"), 2);
}

// perf names its events and fields otherwise, and has the thread in every event's fields.
void TestWrittenThreads::perf()
{
    const Recording recording = loadScript(R"(
10 p0 sched_switch prev_tid=9 next_tid=31
20 p0 kvm_entry tid=31 pid=30 vcpu_id=0
30 p0 kvm_exit reason=120 isa=2 vcpu_id=0 tid=31 pid=30
34 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0 pid=30
36 p1 irq_handler_entry tid=0 pid=0
40 p1 sched_wakeup woken=31 tid=0 pid=0
44 p0 sched_switch prev_tid=0 next_tid=31 pid=0
50 p0 kvm_userspace_exit reason=10 errno=-4 tid=31 pid=30
60 p0 ioctl_exit tid=31 pid=30
70 p0 ioctl_entry tid=31 pid=30
75 p0 other:rcu:rcu_utilization tid=31 pid=30
80 p0 kvm_entry tid=31 pid=30 vcpu_id=0
84 p0 other:rcu:rcu_utilization tid=31 pid=30
88 p0 local_timer_entry tid=31 pid=30
90 p0 kvm_exit reason=96 isa=2 vcpu_id=0 tid=31 pid=30
)",
        [](CtfOptions &options) { options.tracer = Tracer::Perf; });
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{QStringLiteral("vm-30/0 tid 31")});
    QCOMPARE(states(recording, "vm-30/0"),
        QStringLiteral("10 Unknown, 20 Guest p0, 30 Kvm p0, 34 Idle, 40 Preempted, 44 Kvm p0, 50 Userspace p0, "
                       "70 Kvm p0, 80 Guest p0, 88 Kvm p0, 90"));
    QCOMPARE(exits(recording, "vm-30/0"),
        (QStringList{QStringLiteral("30 2:120: event 30 entry 20 run 10 gross 50 net 40 kvm 20 userspace 20 "
                                    "preempted 4 idle 6 qemu p0"),
            QStringLiteral("88 2:96: event 90 entry 80 run 8 gross - interrupt p0")}));
    QCOMPARE(recording.traces.at(0).description.tracer, std::string("perf"));
}

QTEST_GUILESS_MAIN(TestWrittenThreads)
#include "tst_written_threads.moc"
