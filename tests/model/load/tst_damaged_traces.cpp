// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/load.h"

#include <QtEndian>

#include <unistd.h>

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

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

} // namespace

// What real damage does to real traces: what can be read is kept, and the rest is told.
class TestDamagedTraces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void damagedStream_data();
    void damagedStream();
    void garbageBehindTheLastPacket();
    void unreadableStream();
    void strayFilesDoNotSpoilTheNumbers();
    void damagedMetadata_data();
    void damagedMetadata();
    void oneBadTraceOfTwo();
    void oneStreamOfEight();
    void damagedTraceBesideAnother();
    void pcpuIsBlindBehindTheCut();
    void nobodyIsKnownWithoutAStream();
    void blindFromTheFirstEventOn();
    void withoutStreams();
    void emptyTrace();
    void damagedFileOfSeveral_data();
    void damagedFileOfSeveral();

private:
    QString copy(const char *what, const char *name) const
    {
        return copyTree(realTrace(text(what)), m_dir->filePath(text(name)));
    }

    QString rotated(const QStringList &names);

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestDamagedTraces::damagedStream_data()
{
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("someOfIt"); // of the stream is read
    QTest::newRow("cut inside a packet") << "cut"
                                         << "stream-cut" << true;
    QTest::newRow("cut, without index") << "cut, no index"
                                        << "stream-cut" << true;
    QTest::newRow("cut inside the first packet") << "short"
                                                 << "stream-unreadable" << false;
    QTest::newRow("damaged in the middle") << "middle"
                                           << "stream-unreadable" << true;
    QTest::newRow("damaged at a packet's begin") << "header"
                                                 << "stream-unreadable" << true;
    QTest::newRow("damaged at the begin") << "begin"
                                          << "stream-unreadable" << false;
    QTest::newRow("missing") << "missing"
                             << "stream-unreadable" << false;
    QTest::newRow("dangling link") << "dangling"
                                   << "stream-unreadable" << false;
}

void TestDamagedTraces::damagedStream()
{
    NEEDS_REAL_TRACES();
    QFETCH(QString, damage);
    QFETCH(QString, code);
    QFETCH(bool, someOfIt);
    const QString host = copy("storms/host", "host");
    const QString file = host + text("/ch_1");
    if (damage.startsWith(text("cut")))
        QVERIFY(QFile::resize(file, QFileInfo(file).size() - 5000));
    if (damage == text("cut, no index"))
        QVERIFY(QDir(host + text("/index")).removeRecursively());
    if (damage == text("short"))
        QVERIFY(QFile::resize(file, 5000));
    if (damage == text("middle"))
        overwrite(file, 1'000'000, QByteArray(20'000, '\xab'));
    if (damage == text("header"))
        overwrite(file, 2'097'152, QByteArray(64, '\0'));
    if (damage == text("begin"))
        overwrite(file, 0, QByteArray(64, '\0'));
    if (damage == text("missing") || damage == text("dangling"))
        QVERIFY(QFile::remove(file));
    if (damage == text("dangling"))
        QVERIFY(QFile::link(host + text("/nowhere"), file));

    const Recording recording = loadRecording({host}, options());
    const Diagnostic told = theOne(recording.diagnostics, code.toLatin1().constData());
    QCOMPARE(told.path, file);
    QVERIFY(meansDataLost(told));
    QVERIFY(!told.message.contains(QDir::tempPath() + text("/tst_damaged_traces-")) || told.message.contains(host));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QVERIFY(recording.traces[0].used);
    QVERIFY(exitsOf(recording) < 573 + 7727);
    // What ch_0 holds alone, and more if some of ch_1 is read.
    QVERIFY(someOfIt ? exitsOf(recording) > 399 + 339 : exitsOf(recording) == 399 + 339);
    if (code == text("stream-cut")) {
        QCOMPARE(told.count, 1526904);
        QVERIFY(told.message.contains(text("1526904 bytes")));
    }
    QCOMPARE(fingerprint(loadRecording({host}, options())), fingerprint(recording));
}

// Room that was reserved and never filled: what the index names is whole.
void TestDamagedTraces::garbageBehindTheLastPacket()
{
    NEEDS_REAL_TRACES();
    const QString host = copy("storms/host", "host");
    const QString file = host + text("/ch_0");
    overwrite(file, QFileInfo(file).size(), QByteArray(20'000, '\0'));
    const Recording recording = loadRecording({host}, options());
    const Diagnostic told = theOne(recording.diagnostics, "stream-cut");
    QCOMPARE(told.path, file);
    QCOMPARE(told.count, 20'000);
    QCOMPARE(codes(recording.diagnostics), QStringList{text("stream-cut")});
    QCOMPARE(exitsOf(recording), 573 + 7727);
}

void TestDamagedTraces::unreadableStream()
{
    NEEDS_REAL_TRACES();
    const QString host = copy("storms/host", "host");
    const QString file = host + text("/ch_1");
    const bool isRoot = ::geteuid() == 0; // who can read every file; but nobody can follow a link to itself
    if (isRoot)
        QVERIFY(QFile::remove(file) && QFile::link(file, file));
    else
        QVERIFY(QFile::setPermissions(file, {}));
    const Recording recording = loadRecording({host}, options());
    const Diagnostic told = theOne(recording.diagnostics, "stream-unreadable");
    QCOMPARE(told.path, file);
    QVERIFY2(told.message.contains(isRoot ? text("Too many levels") : text("denied")), qPrintable(told.message));
    QCOMPARE(exitsOf(recording), 399 + 339);
}

void TestDamagedTraces::strayFilesDoNotSpoilTheNumbers()
{
    WrittenRecording written;
    written.add(kScript);
    const Recording undisturbed = written.load();
    const QString note = written.path("host") + text("/README.txt");
    writeFile(note, "recorded on Monday\n");
    writeFile(written.path("host") + text("/.directory"), "[Dolphin]\n");
    Recording recording = written.load();
    const Diagnostic told = theOne(recording.diagnostics, "file-passed-over");
    QCOMPARE(told.path, written.path("host") + text("/.directory")); // the first of both
    QCOMPARE(told.count, 2);
    QVERIFY(told.severity == Severity::Info && !meansDataLost(told));
    std::erase(recording.diagnostics, told);
    QCOMPARE(fingerprint(recording), fingerprint(undisturbed));
}

void TestDamagedTraces::damagedMetadata_data()
{
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QString>("words");
    QTest::newRow("empty") << "empty"
                           << "is empty";
    QTest::newRow("not CTF") << "text"
                             << "does not begin with";
    QTest::newRow("holes") << "holes"
                           << "bytes that are no text";
    QTest::newRow("cut") << "cut"
                         << "break off at byte";
}

void TestDamagedTraces::damagedMetadata()
{
    NEEDS_REAL_TRACES();
    QFETCH(QString, damage);
    QFETCH(QString, words);
    const QString host = copy("storms/host-min", "host");
    const QString metadata = host + text("/metadata");
    if (damage == text("empty"))
        QVERIFY(QFile::resize(metadata, 0));
    if (damage == text("text"))
        writeFile(metadata, "hello\n");
    if (damage == text("holes"))
        overwrite(metadata, 600, QByteArray(40, '\0'));
    if (damage == text("cut"))
        QVERIFY(QFile::resize(metadata, 3000));
    const Recording recording = loadRecording({host}, options());
    QCOMPARE(codes(recording.diagnostics), QStringList{text("trace-unreadable")});
    QCOMPARE(recording.diagnostics[0].path, host);
    QVERIFY2(recording.diagnostics[0].message.contains(words), qPrintable(recording.diagnostics[0].message));
    QCOMPARE(recording.traces.size(), std::size_t(1));
    QVERIFY(!recording.traces[0].used);
    QVERIFY(recording.hosts.empty());
}

void TestDamagedTraces::oneBadTraceOfTwo()
{
    NEEDS_REAL_TRACES();
    const QString host = copy("tiny/host", "all/host");
    const QString guest = copy("tiny/vm0/guest", "all/guest");
    overwrite(guest + text("/metadata"), 3000, QByteArray(40, '\0'));
    const Recording recording = loadRecording({m_dir->path()}, options());
    const Recording alone = loadRecording({host}, options());
    QCOMPARE(theOne(recording.diagnostics, "trace-unreadable").path, guest);
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(exitsOf(recording), exitsOf(alone));
}

void TestDamagedTraces::oneStreamOfEight()
{
    WrittenRecording written;
    std::string script;
    for (int t = 20; t < 60; t += 20)
        for (int pcpu = 0; pcpu < 8; ++pcpu)
            for (const char *event : {" kvm_entry", " kvm_exit reason=10 isa=1"})
                script += std::to_string(t + (event[5] == 'x' ? 10 : 0)) + " p" + std::to_string(pcpu) + event
                    + " tid=" + std::to_string(31 + pcpu) + " pid=30\n";
    written.add(script);
    QCOMPARE(exitsOf(written.load()), qsizetype(16));
    const QString file = written.path("host") + text("/ch_3");
    overwrite(file, 0, QByteArray(8, '\0'));
    const Recording recording = written.load();
    if (QVersionNumber::fromString(text(EXITSCOPE_BABELTRACE2_VERSION)) >= QVersionNumber(2, 1)) {
        QCOMPARE(exitsOf(recording), qsizetype(16)); // it does not look at these bytes, and they hold no event
        return;
    }
    const Diagnostic told = theOne(recording.diagnostics, "stream-unreadable");
    QCOMPARE(told.path, file);
    QVERIFY2(told.message.contains(text("magic")), qPrintable(told.message));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QCOMPARE(recording.hosts[0].vms.at(0).vcpus.size(), std::size_t(7));
    QCOMPARE(exitsOf(recording), qsizetype(14));
}

// Every stream of the trace breaks off: what comes before is as good as it is of the trace alone.
void TestDamagedTraces::damagedTraceBesideAnother()
{
    const auto damaged = [](CtfOptions &options) {
        options.maxPacketBytes = 512;
        options.index = true;
    };
    WrittenRecording written;
    std::string script = "10 p0 sched_switch prev_tid=0 next_tid=31\n";
    for (int t = 20; t < 4000; t += 20)
        script += std::to_string(t) + " p0 kvm_entry tid=31\n" + std::to_string(t + 10)
            + " p0 kvm_exit reason=10 isa=1 tid=31\n";
    written.add(script, "a", damaged);
    const QString file = written.path("a") + text("/ch_0");
    const qint64 middle = QFileInfo(file).size() / 2 / 512 * 512;
    overwrite(file, middle + 100, QByteArray(300, '\xab')); // in a packet, behind its header
    const Recording alone = written.load();
    QCOMPARE(theOne(alone.diagnostics, "stream-unreadable").path, file);
    QVERIFY(exitsOf(alone) > 50 && exitsOf(alone) < 198);

    written.add("9000 p0 kvm_entry tid=31\n9010 p0 kvm_exit reason=10 isa=1 tid=31\n", "b",
        [](CtfOptions &options) { options.traceUuid = "c0ffee00-0000-4000-8000-000000000002"; });
    const Recording both = written.load();
    QCOMPARE(both.hosts.size(), std::size_t(1));
    QVERIFY(both.traces[0].used && both.traces[1].used);
    QCOMPARE(both.traces[0].events, alone.traces[0].events);
    QCOMPARE(exitsOf(both), exitsOf(alone) + 1);
    QCOMPARE(theOne(both.diagnostics, "stream-unreadable").path, file);
    QCOMPARE(theOne(both.diagnostics, "recordings-apart").count, 1);
}

namespace {

// Two vCPUs on a pCPU each; that of p0 goes on to p1 in the end.
const char *const kTwoPcpus = R"(
10 p0 sched_switch prev_tid=0 next_tid=31
10 p1 sched_switch prev_tid=0 next_tid=32
20 p0 kvm_entry tid=31
22 p1 kvm_entry tid=32
30 p0 kvm_exit reason=10 isa=1 tid=31
32 p1 kvm_exit reason=10 isa=1 tid=32
packet p0
60 p0 kvm_entry tid=31
62 p1 kvm_entry tid=32
70 p0 kvm_exit reason=10 isa=1 tid=31
72 p1 kvm_exit reason=10 isa=1 tid=32
80 p1 sched_switch prev_tid=32 prev_state=1 next_tid=0
90 p1 sched_switch prev_tid=0 prev_state=0 next_tid=31
95 p1 kvm_entry tid=31
99 p1 kvm_exit reason=10 isa=1 tid=31
)";

} // namespace

// "A stream of which a rest cannot be read makes its pCPU blind from there to the end of the recording": p0 from 30 on.
void TestDamagedTraces::pcpuIsBlindBehindTheCut()
{
    WrittenRecording written;
    written.add(kTwoPcpus);
    const QString file = written.path("host") + text("/ch_0");
    QVERIFY(QFile::resize(file, QFileInfo(file).size() - 10));
    const Recording recording = written.load();
    theOne(recording.diagnostics, "stream-cut");
    for (const char *code : {"switch-to-elsewhere", "wrong-pcpu", "switch-from-other"}) // p0 is not what it told last
        QCOMPARE(countOf(recording.diagnostics, code), 0);
    const std::vector<Vcpu> &vcpus = recording.hosts.at(0).vms.at(0).vcpus;
    QCOMPARE(statesText(vcpus.at(0)), text("10 Unknown, 20 Guest p0, 30 Unknown, 95 Guest p1, 99"));
    // Shown elsewhere until it is switched out there: then it could come to p0.
    QCOMPARE(
        statesText(vcpus.at(1)), text("10 Unknown, 22 Guest p1, 32 Kvm p1, 62 Guest p1, 72 Kvm p1, 80 Unknown, 99"));
    QCOMPARE(exitsText(vcpus.at(0), recording.reasons),
        (QStringList{text("30 1:10: event 30 entry 20 run 10 gross - host p0"),
            text("99 1:10: event 99 entry 95 run 4 gross - host p1")}));
}

// "One that cannot be read at all makes it blind throughout"; and nobody knows which pCPU that is.
void TestDamagedTraces::nobodyIsKnownWithoutAStream()
{
    WrittenRecording written;
    written.add(kTwoPcpus);
    const QString file = written.path("host") + text("/ch_0");
    QVERIFY(QFile::resize(file, 8));
    const Recording recording = written.load();
    theOne(recording.diagnostics, "stream-unreadable");
    QCOMPARE(exitsOf(recording), qsizetype(3));
    for (const Vcpu &vcpu : recording.hosts.at(0).vms.at(0).vcpus)
        QCOMPARE(statesText(vcpu), text("10 Unknown, 99"));
}

// Also at the time of that event: the switch of 31 is in the stream that is lost, so nothing is known to contradict it.
void TestDamagedTraces::blindFromTheFirstEventOn()
{
    WrittenRecording written;
    written.add(R"(
10 p0/b kvm_entry tid=31
20 p0/a sched_switch prev_tid=31 prev_state=1 next_tid=32
30 p0/b sched_switch prev_tid=32 prev_state=1 next_tid=31
)",
        "a");
    written.add("9000 p0 sched_switch prev_tid=0 next_tid=31\n", "b", // several traces are surveyed first
        [](CtfOptions &options) { options.traceUuid = "c0ffee00-0000-4000-8000-000000000002"; });
    const QDir directory(written.path("a"));
    QStringList lost;
    for (const QFileInfo &file : directory.entryInfoList(QDir::Files))
        if (file.fileName() != text("metadata"))
            lost.append(file.filePath());
    QCOMPARE(lost.size(), 2);
    const auto smallest = std::min_element(lost.begin(), lost.end());
    QVERIFY(QFile::resize(*smallest, 8)); // channel a
    const Recording recording = written.load();
    theOne(recording.diagnostics, "stream-unreadable");
    QCOMPARE(countOf(recording.diagnostics, "wrong-pcpu"), 0);
    QCOMPARE(recording.hosts.at(0).vms.at(0).vcpus.size(), std::size_t(1));
    QCOMPARE(statesText(recording.hosts[0].vms[0].vcpus[0]), text("10 Unknown, 9000"));
}

void TestDamagedTraces::withoutStreams()
{
    writeFile(m_dir->filePath(text("host/metadata")), "/* CTF 1.8 */\n");
    const Recording recording = loadRecording({m_dir->path()}, options());
    QCOMPARE(codes(recording.diagnostics), QStringList{text("no-streams")});
    QCOMPARE(recording.diagnostics[0].path, m_dir->filePath(text("host")));
    QCOMPARE(recording.traces.size(), std::size_t(1));
}

void TestDamagedTraces::emptyTrace()
{
    writeFile(m_dir->filePath(text("host/metadata")), "/* CTF 1.8 */\n");
    writeFile(m_dir->filePath(text("host/ch_0")), {});
    const Recording recording = loadRecording({m_dir->path()}, options());
    QCOMPARE(codes(recording.diagnostics), QStringList{text("empty-trace")});
}

// As LTTng writes it with `--tracefile-size`: of p0 a file for each packet, of 100 events each; p1 goes on meanwhile.
QString TestDamagedTraces::rotated(const QStringList &names)
{
    const QString dir = m_dir->filePath(QStringLiteral("rotated"));
    CtfTrace trace(dir.toStdString());
    for (const int pcpu : {0, 1})
        trace.stream(pcpu).event(50, "sched_switch prev_tid=0 next_tid=" + std::to_string(31 + pcpu));
    for (int packet = 0; packet < 4; ++packet) {
        for (int i = 0; i < 100; i += 2) {
            const std::int64_t at = 100 + packet * 10'000 + i * 10;
            trace.stream(0).event(at, "kvm_entry tid=31");
            trace.stream(0).event(at + 10, "kvm_exit reason=10 isa=1 tid=31");
            trace.stream(1).event(at + 1, "kvm_entry tid=32");
            trace.stream(1).event(at + 11, "kvm_exit reason=10 isa=1 tid=32");
        }
        trace.stream(0).packet();
    }
    trace.write();
    QFile whole(dir + QStringLiteral("/ch_0"));
    if (!whole.open(QIODevice::ReadOnly))
        qFatal("the trace was not written");
    const QByteArray bytes = whole.readAll();
    qsizetype at = 0;
    for (const QString &name : names) {
        const auto size = static_cast<qsizetype>(qFromLittleEndian<quint64>(bytes.constData() + at + 56) / 8);
        writeFile(dir + QLatin1Char('/') + name, bytes.mid(at, size));
        at += size;
    }
    whole.remove();
    return dir;
}

void TestDamagedTraces::damagedFileOfSeveral_data()
{
    QTest::addColumn<QStringList>("names"); // in the order of their times
    QTest::addColumn<QList<int>>("damaged");
    QTest::addColumn<qint64>("events"); // of p0, at least; p1 has 400
    const auto row = [](const char *name, const char *names, const QList<int> &damaged, qint64 events) {
        QTest::newRow(name) << QString::fromLatin1(names).split(QLatin1Char(' ')) << damaged << events;
    };
    row("the second", "ch_0_0 ch_0_1 ch_0_2 ch_0_3", {1}, 300);
    row("the first", "ch_0_0 ch_0_1 ch_0_2 ch_0_3", {0}, 300);
    row("the last", "ch_0_0 ch_0_1 ch_0_2 ch_0_3", {3}, 300);
    row("two of them", "ch_0_0 ch_0_1 ch_0_2 ch_0_3", {0, 2}, 200);
    row("written over from the begin on", "ch_0_2 ch_0_3 ch_0_0 ch_0_1", {1}, 300);
    row("more than ten", "ch_0_8 ch_0_9 ch_0_10 ch_0_11", {1}, 300);
}

// It is named, those behind it are read, and between them all of that pCPU is Unknown.
void TestDamagedTraces::damagedFileOfSeveral()
{
    QFETCH(QStringList, names);
    QFETCH(QList<int>, damaged);
    QFETCH(qint64, events);
    const QString dir = rotated(names);
    const Recording whole = loadRecording({dir}, options());
    QCOMPARE(whole.traces.at(0).events, std::int64_t(802));
    QCOMPARE(codes(whole.diagnostics).filter(QStringLiteral("stream")), QStringList());
    QStringList paths;
    for (const int number : damaged) {
        paths.append(dir + QLatin1Char('/') + names[number]);
        overwrite(paths.back(), 1000, QByteArray(200, '\xab'));
    }
    const Recording recording = loadRecording({dir}, options());
    QStringList told;
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (diagnostic.code == QLatin1String("stream-unreadable"))
            told.append(diagnostic.path);
    told.sort();
    paths.sort();
    QCOMPARE(told, paths);
    QVERIFY(recording.traces[0].events >= 400 + events);
    QVERIFY(recording.traces[0].events < 802);
    QVERIFY(!recording.traces[0].lossesAreKnown);
    for (const Vm &vm : recording.hosts.at(0).vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            QList<Ns> unknown; // where it begins, behind the first event of the vCPU
            for (std::size_t i = 1; i < vcpu.states.size(); ++i)
                if (vcpu.states.state(i) == VcpuState::Unknown)
                    unknown.append(vcpu.states.begin(i));
            if (vcpu.tid == 32) {
                QCOMPARE(unknown, QList<Ns>());
                continue;
            }
            QCOMPARE(unknown.size(), damaged.size());
            for (qsizetype i = 0; i < damaged.size(); ++i)
                QVERIFY(unknown[i] >= damaged[i] * 10'000 && unknown[i] < damaged[i] * 10'000 + 1000);
        }
    }
}

QTEST_GUILESS_MAIN(TestDamagedTraces)
#include "tst_damaged_traces.moc"
