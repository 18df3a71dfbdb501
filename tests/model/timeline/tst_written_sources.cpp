// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "model/diagnostic_codes.h"
#include "tests/tools/storm_trace.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// The same events as every kind of CTF, and several traces at a time: manual "Definitions", Sources.
class TestWrittenSources : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formats_data();
    void formats();
    void severalChannels();
    void chunksOfOneSession();
    void recordingsApart();
    void allIsUnknownBetweenRecordings();
    void sameExitsTwice();
    void differentKindsOfEvents();
    void interruptsRecordedTwice();
    void severalHosts();
    void joinedByTheUser();
    void userSpaceBeside();
    void manyStreams();
    void openFilesOfTheCaller();
    void storm();
};

namespace {

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long kMemoryFactor = 4; // its shadow and its quarantine
#else
constexpr long kMemoryFactor = 1;
#endif

// 9 s lie between two events: more than the short time of an event header can tell.
const char *const kScript = R"(
thread 31 pid=30 name="CPU 0/KVM"
10 p0 sched_switch prev_tid=0 next_tid=31 procname=swapper/0
20 p0 kvm_entry vcpu_id=39212272 tid=31
30 p0 kvm_exit reason=123 isa=2 rip=0xffffffff81000000 vcpu_id=0 intr_info=236 tid=31
35 p1 irq_handler_entry tid=0
36 p0 kvm_userspace_exit reason=0 errno=-4 tid=31
40 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
packet p0
9000000000 p0 sched_switch prev_tid=0 next_tid=31
9000000010 p0 kvm_entry vcpu_id=39212272 tid=31
9000000020 p0 kvm_exit reason=0x78 isa=2 vcpu_id=0 intr_info=0 tid=31
)";

const char *const kStates
    = "10 Unknown, 20 Guest p0, 30 Kvm p0, 36 Userspace p0, 40 Blocked, 9000000000 Userspace p0, 9000000010 Guest p0, "
      "9000000020";

const char *const kFirst = R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=10 isa=1 tid=31
)";
const char *const kSecond = R"(
100 p0 kvm_entry tid=31
110 p0 kvm_exit reason=10 isa=1 tid=31
120 p0 kvm_entry tid=31
)";

// Another trace than the default one's, of the same boot of the same host.
void otherTrace(CtfOptions &options)
{
    options.traceUuid = "c0ffee00-0000-4000-8000-000000000002";
}

} // namespace

void TestWrittenSources::formats_data()
{
    QTest::addColumn<bool>("big");
    QTest::addColumn<bool>("compact");
    QTest::addColumn<bool>("index");
    for (int i = 0; i < 8; ++i) {
        QTest::addRow("%s endian, %s header, %s index", i & 1 ? "big" : "little", i & 2 ? "compact" : "large",
            i & 4 ? "with" : "without")
            << bool(i & 1) << bool(i & 2) << bool(i & 4);
    }
}

void TestWrittenSources::formats()
{
    QFETCH(bool, big);
    QFETCH(bool, compact);
    QFETCH(bool, index);
    const Recording recording = loadScript(kScript, [&](CtfOptions &options) {
        options.byteOrder = big ? ByteOrder::Big : ByteOrder::Little;
        options.header = compact ? EventHeader::Compact : EventHeader::Large;
        options.index = index;
    });
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{text("vm-30/0 tid 31")});
    QCOMPARE(statesText(firstVcpu(recording)), text(kStates));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("30 2:123: event 30 entry 20 run 10 gross 8999999980 net 8999999980 kvm 6 userspace 14 "
                          "blocked 8999999960 qemu p0"),
            text("9000000020 2:120: event 9000000020 entry 9000000010 run 10 gross - halt p0")}));
    QCOMPARE(firstVcpu(recording).exits.guestRip(0), std::uint64_t(0xffffffff81000000));
    QCOMPARE(recording.traces.at(0).events, std::int64_t(9));
    QCOMPARE(recording.traces.at(0).beginNs.value_or(0), Ns(10));
    QCOMPARE(recording.traces.at(0).endNs.value_or(0), Ns(9000000020));
    QCOMPARE(countOf(recording.diagnostics, "time-steps-back"), 0);
}

// Two channels: what one records of a pCPU ends the runs and moves the threads of the other.
void TestWrittenSources::severalChannels()
{
    WrittenRecording written;
    CtfTrace trace(written.path("host").toStdString());
    trace.options.recorded.pid = trace.options.recorded.procname = false;
    CtfStream &kvm = trace.stream(0, "kvm");
    kvm.event(20, "kvm_entry tid=31");
    kvm.event(40, "kvm_exit reason=96 isa=2 tid=31");
    kvm.event(70, "kvm_entry tid=31");
    CtfStream &rest = trace.stream(0, "rest");
    rest.event(10, "sched_switch prev_tid=0 next_tid=31");
    rest.event(30, "other:timer_hrtimer_start tid=31"); // it only proves the host, and there are no entries here
    rest.event(32, "irq_handler_entry tid=31");
    rest.event(35, "irq_handler_exit tid=31");
    rest.event(50, "sched_switch prev_tid=31 next_tid=40");
    rest.event(60, "sched_switch prev_tid=40 next_tid=31");
    trace.write();
    const Recording recording = written.load();
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Unknown, 20 Guest p0, 30 Kvm p0, 50 Preempted, 60 Kvm p0, 70"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        QStringList{text("30 2:96: event 40 entry 20 run 10 gross 40 net 30 kvm 30 preempted 10 irq 3 preempted p0")});
}

// Traces of one uuid are chunks of one session: nothing happened between them.
void TestWrittenSources::chunksOfOneSession()
{
    WrittenRecording written;
    const Recording recording = written.add(kFirst, "chunk-0").add(kSecond, "chunk-1").load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(statesText(firstVcpu(recording)),
        text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Kvm p0, 100 Guest p0, 110 Kvm p0, 120"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons).value(1),
        text("40 1:10: event 40 entry 30 run 10 gross 60 net 60 kvm 60 host p0"));
    QCOMPARE(countOf(recording.diagnostics, "recordings-apart"), 0);
}

void TestWrittenSources::recordingsApart()
{
    WrittenRecording written;
    const Recording recording = written.add(kFirst, "morning").add(kSecond, "evening", otherTrace).load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(statesText(firstVcpu(recording)),
        text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Unknown, 100 Guest p0, 110 Kvm p0, 120"));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        (QStringList{text("20 1:10: event 20 entry 10 run 10 gross 10 net 10 kvm 10 host p0"),
            text("40 1:10: event 40 entry 30 run 10 gross - host p0"),
            text("110 1:10: event 110 entry 100 run 10 gross 10 net 10 kvm 10 host p0")}));
    QCOMPARE(countOf(recording.diagnostics, "recordings-apart"), 1);
}

// Whoever is on a pCPU by sched_switch, and pseudo-vCPUs too.
void TestWrittenSources::allIsUnknownBetweenRecordings()
{
    WrittenRecording written;
    const Recording switched = written
                                   .add("5 p0 sched_switch prev_tid=0 next_tid=31\n10 p0 kvm_entry tid=31\n"
                                        "20 p0 kvm_exit reason=10 isa=1 tid=31\n",
                                       "morning")
                                   .add("100 p0 kvm_entry tid=31\n110 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                        "115 p0 sched_switch prev_tid=31 prev_state=0 next_tid=0\n",
                                       "evening", otherTrace)
                                   .load();
    QCOMPARE(
        statesText(firstVcpu(switched)), text("5 Unknown, 10 Guest p0, 20 Unknown, 100 Guest p0, 110 Kvm p0, 115"));

    WrittenRecording bare;
    const Recording pseudo = bare.add("10 p0 kvm_entry\n20 p0 kvm_exit reason=10 isa=1\n", "morning")
                                 .add("100 p0 kvm_entry\n110 p0 kvm_exit reason=10 isa=1\n", "evening", otherTrace)
                                 .load();
    QCOMPARE(statesText(firstVcpu(pseudo)), text("10 Guest p0, 20 Unknown, 100 Guest p0, 110"));
    QCOMPARE(exitsText(firstVcpu(pseudo), pseudo.reasons).value(0),
        text("20 1:10: event 20 entry 10 run 10 gross - host p0"));
}

// Two sessions recorded the same exits: the one with more kinds of events is used, although it is shorter.
void TestWrittenSources::sameExitsTwice()
{
    WrittenRecording written;
    written.add("10 p0 kvm_entry\n20 p0 kvm_exit reason=10 isa=1\n30 p0 kvm_entry\n41 p0 kvm_exit reason=10 isa=1\n",
        "poor", otherTrace);
    written.add("8 p0 sched_switch prev_tid=0 next_tid=31\n11 p0 kvm_entry\n21 p0 kvm_exit reason=10 isa=1\n"
                "30 p0 kvm_entry\n",
        "rich");
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(statesText(firstVcpu(recording)), text("8 Unknown, 11 Guest p0, 21 Kvm p0, 30"));
    QCOMPARE(recording.traces.size(), std::size_t(2));
    for (const TraceInfo &trace : recording.traces)
        QCOMPARE(trace.used, trace.path.endsWith(text("rich")));
    QCOMPARE(countOf(recording.diagnostics, "trace-not-used"), 1);
}

// A second session recorded sched_switch only; its clock measured another offset to the origin. Raw times are shared,
// and the offset of the earlier trace holds for both.
void TestWrittenSources::differentKindsOfEvents()
{
    WrittenRecording written;
    written.add("10 p0 kvm_entry\n20 p0 kvm_exit reason=10 isa=1\n60 p0 kvm_entry\n", "exits",
        [](CtfOptions &options) { options.clockOffsetCycles = 1000; });
    written.add("30 p0 sched_switch prev_tid=31 next_tid=40\n50 p0 sched_switch prev_tid=40 next_tid=31\n", "switches",
        [](CtfOptions &options) {
            otherTrace(options);
            options.clockOffsetCycles = 42226;
        });
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(vcpusText(recording.hosts[0]), QStringList{text("vm/0 tid 31")});
    QCOMPARE(statesText(firstVcpu(recording)), text("1010 Guest p0, 1020 Kvm p0, 1030 Preempted, 1050 Kvm p0, 1060"));
    QCOMPARE(countOf(recording.diagnostics, "clock-offsets-differ"), 1);
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (diagnostic.code == text("clock-offsets-differ"))
            QVERIFY2(diagnostic.message.contains(text("41226")), qPrintable(diagnostic.message));
}

// Timers recorded by both sessions count once; the interrupts that only the poorer one has count too.
void TestWrittenSources::interruptsRecordedTwice()
{
    WrittenRecording written;
    written.add("10 p0 sched_switch prev_tid=0 next_tid=31\n20 p0 kvm_entry tid=31\n30 p0 kvm_exit reason=10 isa=1 "
                "tid=31\n40 p0 hrtimer_expire_entry tid=31\n43 p0 hrtimer_expire_exit tid=31\n70 p0 kvm_entry tid=31\n",
        "exits");
    written.add("41 p0 hrtimer_expire_entry tid=31\n44 p0 hrtimer_expire_exit tid=31\n50 p0 irq_handler_entry tid=31\n"
                "56 p0 irq_handler_exit tid=31\n",
        "interrupts", otherTrace);
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons),
        QStringList{text("30 1:10: event 30 entry 20 run 10 gross 40 net 40 kvm 40 irq 9 host p0")});
    QCOMPARE(countOf(recording.diagnostics, "interrupts-missing"), 0);
}

// Another clock uuid is another boot or another machine.
void TestWrittenSources::severalHosts()
{
    WrittenRecording written;
    written.add(kFirst, "a").add(kFirst, "b", [](CtfOptions &options) {
        otherTrace(options);
        options.clockUuid = "b007b007-0000-4000-8000-000000000002";
    });
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(2));
    for (const Timeline &host : recording.hosts)
        QCOMPARE(statesText(host.vms.at(0).vcpus.at(0)), text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40"));
    QVERIFY(countOf(recording.diagnostics, "several-hosts") > 0);
}

// Traces that do not say of which host they are: the user does. Their times from the origin are what they have in
// common.
void TestWrittenSources::joinedByTheUser()
{
    const auto anonymous = [](std::int64_t seconds) {
        return [seconds](CtfOptions &options) {
            options.clockUuid.clear();
            options.traceUuid.clear();
            options.clockOffsetSeconds = seconds;
        };
    };
    WrittenRecording written;
    written.add(kFirst, "a", anonymous(0)).add(kSecond, "b", anonymous(1)).add(kSecond, "c", anonymous(2));
    QCOMPARE(written.load().hosts.size(), std::size_t(3));
    LoadOptions options;
    options.joined = {written.path("a"), written.path("b")};
    const Recording recording = written.load(options);
    QCOMPARE(recording.hosts.size(), std::size_t(2));
    QCOMPARE(statesText(firstVcpu(recording)),
        text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Unknown, 1000000100 Guest p0, 1000000110 Kvm p0, 1000000120"));
    QCOMPARE(countOf(recording.diagnostics, "recordings-apart"), 1);
    QCOMPARE(countOf(recording.diagnostics, "clock-offsets-differ"), 0);
    QCOMPARE(countOf(recording.diagnostics, "several-hosts"), 2);
    options.joined = {written.path()};
    QCOMPARE(written.load(options).hosts.size(), std::size_t(1));
    // With a trace that says of which host it is come the others of that host, joined or not.
    WrittenRecording known;
    known.add(kFirst, "a").add(kSecond, "b", anonymous(1)).add(kSecond, "c", otherTrace);
    options.joined = {known.path("a"), known.path("b")};
    const Recording joined = known.load(options);
    QCOMPARE(joined.hosts.size(), std::size_t(1));
    QCOMPARE(statesText(firstVcpu(joined)),
        text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Unknown, 100 Guest p0, 110 Kvm p0, 120 Unknown, 1000000100 Guest "
             "p0, 1000000110 Kvm p0, 1000000120"));
}

void TestWrittenSources::userSpaceBeside()
{
    WrittenRecording written;
    written.add(kFirst, "kernel");
    written.add("5 p0 other:app:begin\n500 p0 other:app:end\n", "ust/uid/0/64-bit", [](CtfOptions &options) {
        otherTrace(options);
        options.domain = "ust";
    });
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40"));
    QCOMPARE(recording.traces.size(), std::size_t(2));
    for (const TraceInfo &trace : recording.traces) {
        const bool user = trace.path.contains(text("ust"));
        QCOMPARE(roleName(trace.role), user ? text("user") : text("host"));
        QCOMPARE(trace.used, !user);
    }
    for (const Diagnostic &diagnostic : recording.diagnostics)
        QVERIFY2(diagnostic.severity != Severity::Error, qPrintable(diagnostic.message));
}

// One stream per pCPU, and more of them than processes are allowed. They begin at different times and are of different
// length and density, so that some are far ahead: all must go on together, none may wait for ever.
void TestWrittenSources::manyStreams()
{
    constexpr int kStreams = 200;
    const auto rounds = [](int pcpu) { return pcpu % 5 == 0 ? 4000 : 500 * (pcpu % 5); };
    const auto begin = [](int pcpu) { return Ns(pcpu % 7) * 300'000 + pcpu; };
    const auto period = [](int pcpu) { return Ns(pcpu % 3 == 0 ? 5000 : 1000); };
    WrittenRecording written;
    CtfTrace trace(written.path("host").toStdString());
    trace.options.recorded.procname = false;
    for (int pcpu = 0; pcpu < kStreams; ++pcpu) {
        const std::string thread = " pid=30 tid=" + std::to_string(1000 + pcpu);
        const Event entry = parseEvent("kvm_entry" + thread);
        const Event exit = parseEvent("kvm_exit reason=10 isa=1" + thread);
        CtfStream &stream = trace.stream(pcpu);
        for (int round = 0; round < rounds(pcpu); ++round) {
            stream.event(begin(pcpu) + round * period(pcpu), entry);
            stream.event(begin(pcpu) + round * period(pcpu) + 300, exit);
        }
        stream.event(begin(pcpu) + rounds(pcpu) * period(pcpu), entry);
    }
    trace.write();

    const Recording recording = written.load();
    QCOMPARE(firstVcpu(recording).entries.size(), std::size_t(4001));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(recording.hosts[0].vms.size(), std::size_t(1));
    const std::vector<Vcpu> &vcpus = recording.hosts[0].vms[0].vcpus;
    QCOMPARE(vcpus.size(), std::size_t(kStreams));
    for (int pcpu = 0; pcpu < kStreams; ++pcpu) {
        const Vcpu &vcpu = vcpus[std::size_t(pcpu)];
        const int count = rounds(pcpu);
        const Ns kvm = period(pcpu) - 300;
        QCOMPARE(vcpu.exits.size(), std::size_t(count));
        QCOMPARE(vcpu.states.total()[std::size_t(VcpuState::Kvm)], count * kvm);
        QCOMPARE(vcpu.states.total()[std::size_t(VcpuState::Unknown)], begin(pcpu));
        for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
            QVERIFY(vcpu.exits.timed(i) && vcpu.exits.parts(i).gross() == kvm && vcpu.exits.run(i) == 300);
    }
    rusage self{}, children{};
    QCOMPARE(getrusage(RUSAGE_SELF, &self), 0);
    QCOMPARE(getrusage(RUSAGE_CHILDREN, &children), 0);
    qInfo("peak memory: %ld KiB, of a reader %ld KiB", self.ru_maxrss, children.ru_maxrss);
    QVERIFY(self.ru_maxrss < kMemoryFactor * 400'000); // columns of 320,000 exits, and the queues
    QVERIFY(children.ru_maxrss < kMemoryFactor * 100'000);
}

// Files that the program has open are no business of the readers, whose own are limited.
void TestWrittenSources::openFilesOfTheCaller()
{
    WrittenRecording written;
    written.add(kFirst);
    std::vector<int> files;
    for (int i = 0; i < 300; ++i)
        files.push_back(open("/dev/null", O_RDONLY)); // inherited by what is started
    QVERIFY(files.back() > 0);
    const Recording recording = written.load();
    for (int file : files)
        close(file);
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Guest p0, 20 Kvm p0, 30 Guest p0, 40"));
}

// What the benchmarks load is a sound recording: no contradiction, every exit but the last of each vCPU timed.
void TestWrittenSources::storm()
{
    WrittenRecording written;
    writeStormTrace(written.path("storm").toStdString(), 20'000, 7);
    const Recording recording = written.load();
    QVERIFY(recording.traces.at(0).events >= 20'000);
    QCOMPARE(vcpusText(recording.hosts.at(0)), (QStringList{text("vm-100/0 tid 101"), text("vm-100/1 tid 102")}));
    for (const Vcpu &vcpu : recording.hosts[0].vms[0].vcpus) {
        QVERIFY(vcpu.exits.size() > 2000);
        for (std::size_t i = 0; i + 1 < vcpu.exits.size(); ++i)
            QVERIFY(vcpu.exits.timed(i) && vcpu.exits.hasRun(i));
    }
    for (const Diagnostic &diagnostic : recording.diagnostics)
        QVERIFY2(!meansDataLost(diagnostic), qPrintable(diagnostic.message));
}

QTEST_GUILESS_MAIN(TestWrittenSources)
#include "tst_written_sources.moc"
