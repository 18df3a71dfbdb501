// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <functional>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// An event that was recorded twice is one event; what differs in anything of its own is another.
class TestRepetition : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allTwice_data() { addTracers(); }
    void allTwice();
    void oneKindTwice_data() { addTracers(); }
    void oneKindTwice();
    void threeTimes();
    void whatPerfAddsDoesNotCount();
    void different_data();
    void different();

private:
    static void addTracers();
};

namespace {

WrittenRecording::Configure by(Tracer tracer)
{
    return [tracer](CtfOptions &options) { options.tracer = tracer; };
}

QStringList textOf(const Recording &recording)
{
    return timelineText(recording.hosts.at(0), recording.reasons, recording.diagnostics);
}

// Each line of the script as often as `times` says.
std::string repeated(const QByteArray &script, const std::function<int(const QByteArray &)> &times)
{
    QByteArray result;
    for (const QByteArray &line : script.trimmed().split('\n'))
        result += QByteArray(line + '\n').repeated(times(line));
    return result.toStdString();
}

const QByteArray kScript = "10 p0 kvm_entry tid=31 pid=30\n"
                           "20 p0 kvm_exit reason=10 isa=1 tid=31 pid=30\n"
                           "30 p0 kvm_entry tid=31 pid=30\n"
                           "40 p0 kvm_exit reason=12 isa=1 tid=31 pid=30\n"
                           "50 p0 kvm_userspace_exit reason=2 tid=31 pid=30\n"
                           "60 p0 kvm_entry tid=31 pid=30\n";

const QStringList kOnce{QStringLiteral("vm-30/0: 10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Kvm p0, 50 Userspace p0, 60"),
    QStringLiteral("20 1:10: event 20 entry 10 run 10 gross 10 net 10 kvm 10 host p0"),
    QStringLiteral("40 1:12: event 40 entry 30 run 10 gross 20 net 20 kvm 10 userspace 10 qemu p0")};

} // namespace

void TestRepetition::addTracers()
{
    QTest::addColumn<int>("tracer");
    QTest::newRow("perf") << int(Tracer::Perf);
    QTest::newRow("LTTng") << int(Tracer::Lttng);
}

void TestRepetition::allTwice()
{
    QFETCH(int, tracer);
    const Recording recording = loadScript(repeated(kScript, [](const QByteArray &) { return 2; }), by(Tracer(tracer)));
    QCOMPARE(textOf(recording), kOnce);
    QCOMPARE(recording.traces.at(0).events, std::int64_t(6));
    QCOMPARE(countOf(recording.diagnostics, "repeated-events"), 6);
    QCOMPARE(firstVcpu(recording).entries.size(), std::size_t(3));
}

void TestRepetition::oneKindTwice()
{
    QFETCH(int, tracer);
    const Recording recording
        = loadScript(repeated(kScript, [](const QByteArray &line) { return line.contains("kvm_exit") ? 2 : 1; }),
            by(Tracer(tracer)));
    QCOMPARE(textOf(recording), kOnce);
    QCOMPARE(countOf(recording.diagnostics, "repeated-events"), 2);
}

void TestRepetition::threeTimes()
{
    const Recording recording = loadScript(repeated(kScript, [](const QByteArray &) { return 3; }), by(Tracer::Perf));
    QCOMPARE(textOf(recording), kOnce);
    QCOMPARE(countOf(recording.diagnostics, "repeated-events"), 12);
}

// Two samples of one event may differ in what tells of the sample: here in perf_ip.
void TestRepetition::whatPerfAddsDoesNotCount()
{
    WrittenRecording written;
    CtfTrace trace(written.path("host").toStdString());
    trace.options.tracer = Tracer::Perf;
    trace.options.recorded = {.procname = false, .entryVcpuId = false, .exitVcpuId = false, .intrInfo = false};
    CtfStream &stream = trace.stream(0);
    Event entry = parseEvent("kvm_entry tid=31 pid=30");
    stream.event(10, entry);
    entry.rip = 0x1000;
    stream.event(10, entry);
    stream.event(20, "kvm_exit reason=10 isa=1 tid=31 pid=30");
    trace.write();
    const Recording recording = written.load();
    QCOMPARE(countOf(recording.diagnostics, "repeated-events"), 1);
    QCOMPARE(firstVcpu(recording).entries.size(), std::size_t(1));
}

void TestRepetition::different_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<QByteArray>("between");
    const QByteArray exit = "20 p0 kvm_exit reason=10 isa=1 rip=0x1000 tid=31 pid=30\n";
    QTest::newRow("field") << exit << QByteArray("20 p0 kvm_exit reason=10 isa=1 rip=0x1001 tid=31 pid=30\n")
                           << QByteArray();
    QTest::newRow("reason") << exit << QByteArray("20 p0 kvm_exit reason=12 isa=1 rip=0x1000 tid=31 pid=30\n")
                            << QByteArray();
    QTest::newRow("thread") << exit << QByteArray("20 p0 kvm_exit reason=10 isa=1 rip=0x1000 tid=32 pid=30\n")
                            << QByteArray();
    QTest::newRow("time") << exit << QByteArray("21 p0 kvm_exit reason=10 isa=1 rip=0x1000 tid=31 pid=30\n")
                          << QByteArray();
    QTest::newRow("another one between") << exit << exit << QByteArray("20 p0 other:x tid=31 pid=30\n");
    QTest::newRow("another stream") << exit << QByteArray("20 p0/b kvm_exit reason=10 isa=1 rip=0x1000 tid=31 pid=30\n")
                                    << QByteArray();
}

void TestRepetition::different()
{
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, second);
    QFETCH(QByteArray, between);
    for (const Tracer tracer : {Tracer::Lttng, Tracer::Perf}) {
        const Recording recording = loadScript(QByteArray(first + between + second).toStdString(), by(tracer));
        QCOMPARE(countOf(recording.diagnostics, "repeated-events"), 0);
        std::size_t exits = 0;
        for (const Vcpu &vcpu : recording.hosts.at(0).vms.at(0).vcpus)
            exits += vcpu.exits.size();
        QCOMPARE(exits, std::size_t(2));
    }
}

QTEST_GUILESS_MAIN(TestRepetition)
#include "tst_repetition.moc"
