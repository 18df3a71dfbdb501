// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/load/load.h"
#include "model/reference/target_names.h"
#include "model/vcpu_walk.h"

using namespace exitscope;

// Targets of the exits of recordings, against counts of what `babeltrace2` prints of them: of each thread, to each
// kvm_x86_exit the first kvm_x86_pio, _cpuid, _msr, _inj_virq or _hypercall between its kvm_x86_entry events (those
// before it only of the run that it ends); ports and pages by info1 and info2.
class TestRecordedTargets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts_data();
    void counts();
    void everyPortIsThatOfItsEvent();
    void textTellsWhatTheFileTells();
};

namespace {

using Counts = std::map<QString, int>; // by "REASON KIND:VALUE"

Recording loaded(const QString &path)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording({path}, options);
}

Counts countsOf(const Recording &recording, const QString &reason)
{
    Counts counts;
    for (const VcpuAt &at : vcpusOf(recording)) {
        const ExitColumns &exits = at.vcpu->exits;
        for (std::size_t i = 0; i < exits.size(); ++i)
            if (recording.reasons[exits.reason(i)].name == reason)
                ++counts[codeText(exits.target(i))];
    }
    return counts;
}

QString sharedTrace(const char *name)
{
    return QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/%1/host").arg(QString::fromLatin1(name));
}

} // namespace

void TestRecordedTargets::counts_data()
{
    QTest::addColumn<QByteArray>("trace");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("expected"); // "VALUE COUNT VALUE COUNT …"
    const auto row = [](const char *trace, const char *reason, const char *kind, const char *expected) {
        QTest::addRow("%s %s", trace, reason)
            << QByteArray(trace) << QString::fromLatin1(reason) << QByteArray(kind) << QByteArray(expected);
    };
    row("storms", "cpuid", "cpuid",
        "0x0 7 0x1 3951 0x7 14 0xd 7 0x80000000 91 0x80000001 7 0x80000002 563 0x80000005 35 0x80000006 42 0x80000007 "
        "7 "
        "0x80000008 14 0x8000001d 7");
    row("storms", "msr", "msr", "0x3b 8 0x6e0 559 0x80b 12 0x830 67 0x832 57");
    row("storms", "vintr", "vector", "0x23 2 0x28 4 0xec 44 0xfb 6");
    row("disk", "npf", "page", "0xfebff000 115");
    row("disk", "hypercall", "hypercall", "0x5 3");
    row("disk", "msr", "msr", "0x3b 10 0x6e0 1205 0x80b 90 0x830 194 0x832 3");
    row("disk", "io", "port",
        "0x1f1 23 0x1f2 23 0x1f3 23 0x1f4 23 0x1f5 23 0x1f6 66 0x1f7 165 0x2f8 71 0x2fa 10 0x2fd 75 0x2fe 4 0x3f6 122 "
        "0x3f8 16 0x3f9 68 0x3fa 25 0x3fd 23 0x3fe 1 0x608 75 0x6000 1 0x6001 1 0x6002 1 0x6003 1 0x6004 1 0x6005 1 "
        "0x6006 1 0x6007 1 0x6008 1 0x6009 1 0x600a 1 0x600b 1 0x600c 1 0x600d 1 0x600e 1 0x600f 1 0xc0c0 138 0xc0c2 "
        "89 "
        "0xc0c4 23");
    row("timers", "msr", "msr", "0x3b 4 0x1a0 500 0x6e0 909 0x80b 61 0x830 468 0x832 33");
    row("timers", "vintr", "vector", "0x23 4 0x28 5 0xec 142 0xfb 13 0xfd 4");
    row("timers", "hypercall", "hypercall", "0x5 1");
}

void TestRecordedTargets::counts()
{
    QFETCH(QByteArray, trace);
    QFETCH(QString, reason);
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, expected);
    if (!QFile::exists(sharedTrace(trace)))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    static std::map<QByteArray, Recording> recordings;
    if (!recordings.contains(trace))
        recordings.emplace(trace, loaded(sharedTrace(trace)));
    const QList<QByteArray> words = expected.split(' ');
    Counts counts;
    for (qsizetype i = 0; i + 1 < words.size(); i += 2)
        counts[QString::fromLatin1(kind + ':' + words[i])] = words[i + 1].toInt();
    const Counts got = countsOf(recordings.at(trace), reason);
    for (const auto &[target, count] : counts)
        QCOMPARE(std::pair(target, got.contains(target) ? got.at(target) : 0), std::pair(target, count));
    QCOMPARE(got.size(), counts.size());
    for (const Diagnostic &diagnostic : recordings.at(trace).diagnostics)
        QVERIFY(diagnostic.code != QStringLiteral("targets-differ"));
}

// Of storms: 0x6000 to 0x603f are read once each.
void TestRecordedTargets::everyPortIsThatOfItsEvent()
{
    if (!QFile::exists(sharedTrace("storms")))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    Counts expected{{QStringLiteral("port:0x2f8"), 71}, {QStringLiteral("port:0x2fa"), 13},
        {QStringLiteral("port:0x2fd"), 78}, {QStringLiteral("port:0x2fe"), 7}, {QStringLiteral("port:0x3f8"), 16},
        {QStringLiteral("port:0x3f9"), 62}, {QStringLiteral("port:0x3fa"), 23}, {QStringLiteral("port:0x3fd"), 21},
        {QStringLiteral("port:0x3fe"), 1}, {QStringLiteral("port:0x608"), 60}, {QStringLiteral("port:0x6100"), 1900}};
    for (int port = 0x6000; port < 0x6040; ++port)
        expected[QStringLiteral("port:0x%1").arg(port, 0, 16)] = 1;
    QVERIFY(countsOf(loaded(sharedTrace("storms")), QStringLiteral("io")) == expected);
}

// What `trace-cmd report` prints of it, as the kernel formats it and raw.
void TestRecordedTargets::textTellsWhatTheFileTells()
{
    const QString file = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/host.dat");
    const QString program = QStandardPaths::findExecutable(QStringLiteral("trace-cmd"));
    if (!QFile::exists(file) || program.isEmpty())
        QSKIP("trace-cmd or the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording whole = loaded(file);
    for (const QStringList &options : {QStringList{}, QStringList{QStringLiteral("-R")}}) {
        QTemporaryDir directory;
        const QString text = directory.filePath(QStringLiteral("host.txt"));
        QProcess report;
        report.setStandardOutputFile(text);
        report.start(
            program, QStringList{QStringLiteral("report"), QStringLiteral("-t")} + options + QStringList{file});
        QVERIFY(report.waitForFinished() && report.exitCode() == 0);
        const Recording read = loaded(text);
        for (const char *reason : {"io", "msr", "cpuid", "npf", "vintr", "hypercall", "hlt", "interrupt"}) {
            const Counts counts = countsOf(whole, QString::fromLatin1(reason));
            QVERIFY2(countsOf(read, QString::fromLatin1(reason)) == counts, reason);
        }
        QVERIFY(countsOf(read, QStringLiteral("io")).size() > 5);
    }
}

QTEST_GUILESS_MAIN(TestRecordedTargets)
#include "tst_recorded_targets.moc"
