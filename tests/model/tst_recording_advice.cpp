// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QtTest>

#include "model/record/richness.h"
#include "model/timeline/recording_advice.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

// Codes whose messages may advise another tracer: one that cannot record what is missing.
const char *const kOtherTracerToo = "no-kvm-events";

Recording load(const QString &script, Tracer tracer, const QStringList &declared, bool tids = true, bool pids = true)
{
    const auto configure = [&](CtfOptions &options) {
        options.tracer = tracer;
        for (const QString &name : declared)
            options.declared.push_back(name.toStdString());
    };
    return loadScript(script.toStdString(), configure, {.tid = tids, .pid = pids});
}

// The names of events that a message says to record.
QStringList advised(const QString &message)
{
    static const QRegularExpression commands(
        QStringLiteral("(?:lttng enable-event -k -c CHANNEL|perf record -a -e) ([a-z0-9_:,*']+)"));
    QStringList names;
    auto found = commands.globalMatch(message);
    while (found.hasNext())
        names += found.next().captured(1).split(u',');
    return names;
}

QString messageOf(const Recording &recording, const char *code)
{
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (diagnostic.code == QLatin1String(code))
            return diagnostic.message;
    return {};
}

} // namespace

// Advice is in the words of the tracer, and never names what was recorded.
class TestRecordingAdvice : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyAdvice_data();
    void everyAdvice();
    void declaredIsRecorded();
    void entriesThatNeverCame();
    void threads();
    void idleThread();
    void processes();
    void noVmEvents();
    void kindsDeclared();
};

void TestRecordingAdvice::everyAdvice_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QStringList>("declared"); // of KVM
    QTest::addColumn<bool>("contexts");
    QTest::addColumn<QString>("code"); // that has to be told
    const QString bare = QStringLiteral("20 p0 kvm_entry tid=31 pid=30\n30 p0 kvm_exit reason=10 isa=1 tid=31 pid=30\n"
                                        "40 p0 kvm_entry tid=31 pid=30\n");
    const QString off = QStringLiteral("sched_switch prev_tid=31 prev_state=1 next_tid=9 tid=31 pid=30\n");
    QTest::newRow("bare") << bare << QStringList{} << true << QStringLiteral("switches-missing");
    QTest::newRow("no contexts") << bare << QStringList{} << false << QStringLiteral("threads-unknown");
    QTest::newRow("exits only") << QStringLiteral("20 p0 kvm_exit reason=10 isa=1 tid=31 pid=30\n") << QStringList{}
                                << true << QStringLiteral("entries-missing");
    QTest::newRow("entries only") << QStringLiteral("20 p0 kvm_entry tid=31 pid=30\n") << QStringList{} << true
                                  << QStringLiteral("entries-missing");
    QTest::newRow("threads not told, switches are")
        << QString(QStringLiteral("10 p1 sched_switch prev_tid=9 next_tid=8\n") % bare) << QStringList{} << false
        << QStringLiteral("threads-unknown");
    QTest::newRow("idle thread") << QStringLiteral("20 p0 kvm_entry tid=0 pid=0\n"
                                                   "30 p0 kvm_exit reason=10 isa=1 tid=0 pid=0\n")
                                 << QStringList{} << true << QStringLiteral("threads-unknown");
    QTest::newRow("no VM") << QString(QStringLiteral("10 p0 ") % off) << QStringList{} << true
                           << QStringLiteral("no-kvm-events");
    QTest::newRow("no VM, declared") << QString(QStringLiteral("10 p0 ") % off)
                                     << QStringList{QStringLiteral("entry"), QStringLiteral("exit")} << true
                                     << QStringLiteral("no-kvm-events");
    QTest::newRow("switches away only") << QString(bare % QStringLiteral("50 p0 ") % off
        % QStringLiteral("60 p1 kvm_exit reason=10 isa=1 tid=31 pid=30\n70 p1 ") % off
        % QStringLiteral("80 p0 kvm_entry tid=31 pid=30\n90 p0 ") % off)
                                        << QStringList{} << true << QStringLiteral("switches-in-missing");
}

void TestRecordingAdvice::everyAdvice()
{
    QFETCH(QString, script);
    QFETCH(QStringList, declared);
    QFETCH(bool, contexts);
    QFETCH(QString, code);
    for (const Tracer tracer : {Tracer::Lttng, Tracer::Perf}) {
        const bool isPerf = tracer == Tracer::Perf;
        QStringList names;
        for (const QString &name : std::as_const(declared))
            names << QString((isPerf ? QStringLiteral("kvm:kvm_") : QStringLiteral("kvm_x86_")) % name);
        const Recording recording = load(script, tracer, names, contexts, contexts);
        QVERIFY2(countOf(recording.diagnostics, code.toStdString()) > 0,
            qPrintable(codesText(recording.diagnostics).join(u' ')));
        const std::vector<std::string> &events = recording.traces.at(0).description.events;
        for (const Diagnostic &diagnostic : recording.diagnostics) {
            const QString &message = diagnostic.message;
            if (diagnostic.code != QLatin1String(kOtherTracerToo) || isPerf)
                QVERIFY2(
                    !message.contains(isPerf ? QStringLiteral("lttng") : QStringLiteral("perf")), qPrintable(message));
            for (const QString &name : advised(message))
                QVERIFY2(std::ranges::find(events, name.toStdString()) == events.end(), qPrintable(message));
        }
    }
}

// What never happened is not missing.
void TestRecordingAdvice::declaredIsRecorded()
{
    const QString script = QStringLiteral("20 p0 kvm_entry tid=31\n30 p0 kvm_exit reason=10 isa=1 tid=31\n");
    const auto told = [&](const QStringList &declared) {
        return codesText(load(script, Tracer::Lttng, declared).diagnostics).filter(QStringLiteral("-missing"));
    };
    QCOMPARE(told({}),
        (QStringList{QStringLiteral("interrupts-missing 1"), QStringLiteral("switches-missing 1"),
            QStringLiteral("userspace-exits-missing 1"), QStringLiteral("wakeups-missing 1")}));
    QCOMPARE(told({QStringLiteral("sched_switch"), QStringLiteral("sched_wakeup"), QStringLiteral("irq_handler_entry"),
                 QStringLiteral("kvm_userspace_exit")}),
        QStringList{});
    // LTTng declares every system call that could come.
    QCOMPARE(told({QStringLiteral("syscall_entry_ioctl")}).filter(QStringLiteral("userspace")).size(), qsizetype(1));
}

void TestRecordingAdvice::entriesThatNeverCame()
{
    const QString script = QStringLiteral("30 p0 kvm_exit reason=10 isa=1 tid=31\n");
    QCOMPARE(messageOf(load(script, Tracer::Lttng, {}), "entries-missing"),
        QStringLiteral("there are VM exits but no VM entries; record it with: "
                       "lttng enable-event -k -c CHANNEL kvm_x86_entry"));
    QCOMPARE(messageOf(load(script, Tracer::Lttng, {QStringLiteral("kvm_x86_entry")}), "entries-missing"),
        QStringLiteral("there are VM exits but no VM entries, although they were recorded"));
}

void TestRecordingAdvice::threads()
{
    const QString kvm = QStringLiteral("20 p0 kvm_entry\n30 p0 kvm_exit reason=10 isa=1\n");
    const QString known = messageOf(load(kvm, Tracer::Lttng, {}, false), "threads-unknown");
    QVERIFY2(known.endsWith(QStringLiteral("add the tid context with: lttng add-context -k -c CHANNEL -t tid -t pid -t "
                                           "procname; or record sched_switch with: "
                                           "lttng enable-event -k -c CHANNEL sched_switch")),
        qPrintable(known));
    const QString perf = messageOf(load(kvm, Tracer::Perf, {}, false), "threads-unknown");
    QVERIFY2(perf.endsWith(QStringLiteral("record sched_switch with: perf record -a -e sched:sched_switch")),
        qPrintable(perf));
    const QString switches
        = messageOf(load(kvm, Tracer::Lttng, {QStringLiteral("sched_switch")}, false), "threads-unknown");
    QVERIFY2(switches.contains(QStringLiteral("add-context")) && !switches.contains(QStringLiteral("enable-event")),
        qPrintable(switches));
}

void TestRecordingAdvice::idleThread()
{
    const QString script = QStringLiteral("20 p0 kvm_entry tid=0\n30 p0 kvm_exit reason=10 isa=1 tid=0\n");
    for (const QStringList &declared : {QStringList{}, QStringList{QStringLiteral("sched_switch")}}) {
        const QString message = messageOf(load(script, Tracer::Lttng, declared), "threads-unknown");
        QVERIFY2(
            message.endsWith(QStringLiteral("the trace tells the idle thread, which makes none")), qPrintable(message));
    }
}

void TestRecordingAdvice::processes()
{
    const QString script = QStringLiteral("20 p0 kvm_entry tid=31\n30 p0 kvm_exit reason=10 isa=1 tid=31\n");
    const QString lttng = messageOf(load(script, Tracer::Lttng, {}), "processes-unknown");
    QVERIFY2(lttng.endsWith(QStringLiteral("; add the pid context with: lttng add-context -k -c CHANNEL -t pid")),
        qPrintable(lttng));
    const QString perf = messageOf(load(script, Tracer::Perf, {}), "processes-unknown");
    QVERIFY2(perf.endsWith(QStringLiteral("so they count as one VM")), qPrintable(perf));
}

void TestRecordingAdvice::noVmEvents()
{
    const QString script = QStringLiteral("10 p0 sched_switch prev_tid=31 prev_state=1 next_tid=9 tid=31\n");
    const auto told = [&](Tracer tracer, const QStringList &declared) {
        return messageOf(load(script, tracer, declared), "no-kvm-events");
    };
    const QString lttng = told(Tracer::Lttng, {});
    QVERIFY2(lttng.contains(QStringLiteral("lttng enable-event -k -c CHANNEL kvm_x86_entry,kvm_x86_exit. If")),
        qPrintable(lttng));
    QCOMPARE(told(Tracer::Perf, {}),
        QStringLiteral("no trace holds VM entries or exits; record the host with: "
                       "perf record -a -e kvm:kvm_entry,kvm:kvm_exit"));
    QCOMPARE(told(Tracer::Perf, {QStringLiteral("kvm:kvm_exit")}),
        QStringLiteral("no trace holds VM entries or exits; record the host with: perf record -a -e kvm:kvm_entry"));
    const QString none = told(Tracer::Lttng, {QStringLiteral("kvm_x86_entry"), QStringLiteral("kvm_x86_exit")});
    QVERIFY2(none.contains(QStringLiteral("although they were recorded")) && !none.contains(QStringLiteral("lttng")),
        qPrintable(none));
}

void TestRecordingAdvice::kindsDeclared()
{
    wire::Description description;
    description.events = {"sched_switch", "syscall_entry_ioctl", "x86_irq_vectors_local_timer_entry"};
    QCOMPARE(declaredKinds(description), std::uint32_t(wire::HasSwitch | wire::HasVector));
    description.tracer = "perf";
    description.events = {"sched:sched_wakeup_new", "syscalls:sys_enter_ioctl"};
    QCOMPARE(declaredKinds(description), std::uint32_t(wire::HasWakeup | wire::HasIoctl));
}

QTEST_GUILESS_MAIN(TestRecordingAdvice)
#include "tst_recording_advice.moc"
