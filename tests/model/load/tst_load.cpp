// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/load.h"

#include "model/diagnostic_codes.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

const char *const kScript = R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 kvm_entry tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
40 p0 kvm_entry tid=31
)";

const char *const kGuestScript = R"(
10 p0 sched_switch prev_tid=0 next_tid=31
20 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0
)";

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

} // namespace

// From directories to a recording.
class TestLoad : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void hostAlone();
    void wholeFolder();
    void manyStreamsInFewReaders();
    void noKvmEvents();
    void declaredButNeverHappened();
    void roleOverrules();
    void threadsOfAnotherStream();
    void chunkWithoutSwitches();
    void switchesRecordedTwice();
    void whatIsMissing();
    void progressAndCancel();
    void nothingIsLeftBehind();
    void exceptionsBecomeDiagnostics();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestLoad::hostAlone()
{
    NEEDS_REAL_TRACES();
    const Recording recording = loadRecording({realTrace(text("storms/host"))}, options());
    QVERIFY(recording.diagnostics.empty());
    QCOMPARE(recording.traces.size(), std::size_t(1));
    const TraceInfo &trace = recording.traces[0];
    QVERIFY(trace.role == TraceRole::Host);
    QVERIFY(trace.used);
    QCOMPARE(trace.events, 91086);
    QCOMPARE(trace.beginNs.value_or(0), Ns(1795386299019930522));
    QCOMPARE(trace.endNs.value_or(0), Ns(1795386303219441451));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QVERIFY((recording.hosts[0].range == TimeRange{1795386299019930522, 1795386303219441451}));
    QCOMPARE(exitsOf(recording), 573 + 7727);
    QCOMPARE(fingerprint(loadRecording({realTrace(text("storms/host"))}, options())), fingerprint(recording));
}

void TestLoad::wholeFolder()
{
    NEEDS_REAL_TRACES();
    const Recording recording = loadRecording({realTrace(text("storms"))}, options());
    const Recording alone = loadRecording({realTrace(text("storms/host"))}, options());
    QCOMPARE(recording.traces.size(), std::size_t(3));
    QCOMPARE(codes(recording.diagnostics), QStringList{text("trace-not-used")});
    QCOMPARE(recording.diagnostics[0].path, realTrace(text("storms/host-min")));
    QVERIFY(recording.traces[0].used);
    QVERIFY(recording.traces[1].role == TraceRole::Host);
    QVERIFY(!recording.traces[1].used);
    QCOMPARE(recording.traces[1].events, 17352);
    QVERIFY(recording.traces[2].role == TraceRole::Guest);
    QVERIFY(!recording.traces[2].used);
    QCOMPARE(recording.traces[2].events, 14902);
    Recording hostOnly;
    hostOnly.traces = {recording.traces[0]};
    hostOnly.hosts = recording.hosts;
    hostOnly.reasons = recording.reasons;
    QCOMPARE(fingerprint(hostOnly), fingerprint(alone));
}

void TestLoad::manyStreamsInFewReaders()
{
    NEEDS_REAL_TRACES();
    LoadOptions few = options();
    few.source = SourceChoice::Reader;
    few.maxReaders = 1;
    const QString twoVms = realTrace(text("twovms"));
    QCOMPARE(fingerprint(loadRecording({twoVms}, few)), fingerprint(loadRecording({twoVms}, options())));
}

void TestLoad::noKvmEvents()
{
    WrittenRecording written;
    const Recording recording = written.add(kGuestScript, "guest").load();
    QCOMPARE(codes(recording.diagnostics), QStringList{text("no-kvm-events")});
    QVERIFY(
        recording.diagnostics[0].message.contains(text("lttng enable-event -k -c CHANNEL kvm_x86_entry,kvm_x86_exit")));
    QVERIFY(recording.traces[0].role == TraceRole::Guest);
    QCOMPARE(recording.traces[0].events, 2);
    QVERIFY(recording.hosts.empty());
}

void TestLoad::declaredButNeverHappened()
{
    WrittenRecording written;
    written.add(kScript, "host");
    written.add(kGuestScript, "guest", [](CtfOptions &options) {
        options.clockUuid = "9e579e57-0000-4000-8000-000000000001";
        options.declared = {"kvm_x86_entry", "kvm_x86_exit"};
    });
    const Recording recording = written.load();
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(recording.traces.size(), std::size_t(2));
    QVERIFY(recording.traces[0].role == TraceRole::Guest);
    QVERIFY(!recording.traces[0].used);
    QCOMPARE(recording.traces[0].events, 2);
    QVERIFY(recording.traces[1].role == TraceRole::Host);
}

void TestLoad::roleOverrules()
{
    WrittenRecording written;
    written.add(kScript, "a").add(kScript, "b", [](CtfOptions &options) {
        options.clockUuid = "9e579e57-0000-4000-8000-000000000001"; // a VM that runs VMs
    });
    LoadOptions loadOptions;
    const Recording both = written.load(loadOptions);
    QCOMPARE(both.hosts.size(), std::size_t(2));
    QCOMPARE(theOne(both.diagnostics, "several-hosts").count, 2);
    loadOptions.roles = {{written.path("b"), TraceRole::Guest}};
    const Recording one = written.load(loadOptions);
    QCOMPARE(one.hosts.size(), std::size_t(1));
    QVERIFY(one.traces[1].role == TraceRole::Guest);
    QVERIFY(!one.traces[1].used);
    QCOMPARE(one.traces[1].events, 4);
    loadOptions.roles = {{written.path(), TraceRole::Guest}, {written.path("b"), TraceRole::Host}};
    const Recording other = written.load(loadOptions);
    QCOMPARE(other.hosts.size(), std::size_t(1));
    QVERIFY(other.traces[1].used);
}

// The channel with the exits begins before the one that tells whose they are.
void TestLoad::threadsOfAnotherStream()
{
    WrittenRecording written;
    CtfTrace trace(written.path("host").toStdString());
    trace.options.recorded.tid = trace.options.recorded.pid = trace.options.recorded.procname = false;
    CtfStream &kvm = trace.stream(0, "kvm");
    kvm.event(10, "kvm_entry");
    kvm.event(20, "kvm_exit reason=10 isa=1");
    kvm.event(60, "kvm_entry");
    CtfStream &sched = trace.stream(0, "sched");
    sched.event(30, "sched_switch prev_tid=31 next_tid=40");
    sched.event(50, "sched_switch prev_tid=40 next_tid=31");
    trace.write();
    const Recording recording = written.load();
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{text("vm/0 tid 31")});
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Guest p0, 20 Kvm p0, 30 Preempted, 50 Kvm p0, 60"));
}

// What the first chunk of a session told of the threads holds in the next one.
void TestLoad::chunkWithoutSwitches()
{
    const RecordedFields noContexts{.tid = false, .pid = false, .procname = false};
    const auto declare = [](CtfOptions &options) { options.declared = {"sched_switch"}; };
    WrittenRecording written;
    written.add("10 p0 sched_switch prev_tid=0 next_tid=31\n20 p0 kvm_entry\n30 p0 kvm_exit reason=10 isa=1\n",
        "chunk-0", {}, noContexts);
    written.add("40 p0 kvm_entry\n50 p0 kvm_exit reason=10 isa=1\n60 p0 kvm_entry\n", "chunk-1", declare, noContexts);
    const Recording recording = written.load();
    QCOMPARE(vcpusText(recording.hosts.at(0)), QStringList{text("vm/0 tid 31")});
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Unknown, 20 Guest p0, 30 Kvm p0, 40 Guest p0, 50 Kvm p0, 60"));
}

// A second session without exits stamps each switch a little later: they must not count twice.
void TestLoad::switchesRecordedTwice()
{
    WrittenRecording written;
    written.add("10 p0 sched_switch prev_tid=0 next_tid=31\n20 p0 kvm_entry tid=31\n"
                "30 p0 kvm_exit reason=10 isa=1 tid=31\n40 p0 sched_switch prev_tid=31 next_tid=40\n"
                "60 p0 sched_switch prev_tid=40 next_tid=31\n70 p0 kvm_entry tid=31\n",
        "exits");
    written.add("41 p0 sched_switch prev_tid=31 next_tid=40\n51 p0 sched_wakeup woken=50\n"
                "61 p0 sched_switch prev_tid=40 next_tid=31\n",
        "switches", [](CtfOptions &options) { options.traceUuid = "c0ffee00-0000-4000-8000-000000000002"; });
    const Recording recording = written.load();
    QCOMPARE(statesText(firstVcpu(recording)), text("10 Unknown, 20 Guest p0, 30 Kvm p0, 40 Preempted, 60 Kvm p0, 70"));
    QCOMPARE(theOne(recording.diagnostics, "trace-not-used").path, written.path("switches"));
    QVERIFY(recording.traces[0].used && recording.traces[1].used);
    for (const Diagnostic &diagnostic : recording.diagnostics)
        QVERIFY2(!meansDataLost(diagnostic), qPrintable(diagnostic.message));
}

void TestLoad::whatIsMissing()
{
    WrittenRecording written;
    const Recording recording
        = written.add("10 p0 kvm_exit reason=10 isa=1 tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n").load();
    for (const char *code :
        {"entries-missing", "switches-missing", "wakeups-missing", "userspace-exits-missing", "interrupts-missing"}) {
        const Diagnostic told = theOne(recording.diagnostics, code);
        QCOMPARE(told.path, written.path("host"));
        QVERIFY2(told.message.contains(text("lttng enable-event -k -c CHANNEL ")), qPrintable(told.message));
    }
    WrittenRecording perf;
    const Recording other
        = perf.add(kScript, "host", [](CtfOptions &options) { options.tracer = Tracer::Perf; }).load();
    QVERIFY(
        theOne(other.diagnostics, "wakeups-missing").message.contains(text("perf record -a -e sched:sched_wakeup")));
    QCOMPARE(theOne(other.diagnostics, "switches-missing").code, QString());
}

void TestLoad::progressAndCancel()
{
    NEEDS_REAL_TRACES();
    std::vector<LoadProgress> told;
    loadRecording({realTrace(text("storms"))}, options(), [&](const LoadProgress &p) { told.push_back(p); });
    QVERIFY(!told.empty());
    for (std::size_t i = 1; i < told.size(); ++i)
        QVERIFY(told[i].bytesDone >= told[i - 1].bytesDone);
    QVERIFY(told.back().bytesTotal > 0);
    QCOMPARE(told.back().bytesDone, told.back().bytesTotal);

    std::atomic<bool> cancel{true};
    const Recording nothing = loadRecording({realTrace(text("storms"))}, options(), {}, &cancel);
    QVERIFY(nothing.hosts.empty() && nothing.diagnostics.empty());
    cancel = false;
    const Recording some = loadRecording(
        {realTrace(text("storms/host"))}, options(), [&](const LoadProgress &) { cancel = true; }, &cancel);
    QVERIFY(some.hosts.empty());
    QCOMPARE(codes(some.diagnostics), QStringList());
}

void TestLoad::nothingIsLeftBehind()
{
    NEEDS_REAL_TRACES();
    const QString temporary = m_dir->filePath(text("tmp"));
    QDir().mkpath(temporary);
    const QByteArray before = qgetenv("TMPDIR");
    qputenv("TMPDIR", QFile::encodeName(temporary));
    const Recording recording = loadRecording({realTrace(text("tiny"))}, options());
    qputenv("TMPDIR", before);
    if (before.isEmpty())
        qunsetenv("TMPDIR");
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QVERIFY(QDir(temporary).isEmpty());
}

void TestLoad::exceptionsBecomeDiagnostics()
{
    const QString sample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
    const auto loadThatThrows = [&](const std::function<void()> &raise) {
        return loadRecording(
            {sample}, options(), [&](const LoadProgress &) { raise(); });
    };
    const Recording small = loadThatThrows([] { throw std::bad_alloc(); });
    QCOMPARE(codes(small.diagnostics), QStringList{text("out-of-memory")});
    QCOMPARE(small.diagnostics[0].path, sample);
    QVERIFY(small.hosts.empty());
    const Recording broken = loadThatThrows([] { throw std::out_of_range("position 7 of 3"); });
    QCOMPARE(codes(broken.diagnostics), QStringList{text("internal-error")});
    QVERIFY2(
        broken.diagnostics[0].message.contains(text("position 7 of 3")), qPrintable(broken.diagnostics[0].message));
    QCOMPARE(loadRecording({sample}, options()).hosts.size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestLoad)
#include "tst_load.moc"
