// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/tools/program.h"

using namespace exitscope::test;

namespace {

const QString kDat = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/trace-cmd/host.dat");
const QString kPerf = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/perf/lost.perf.data");

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", qPrintable(path));
}

QByteArray listing(const char *command, const QString &path)
{
    const ProgramResult result = runCli({QString::fromUtf8(command), path});
    if (result.status != 0)
        qFatal("exitscope-cli %s %s: %s", command, qPrintable(path), qPrintable(result.err));
    return result.out;
}

QStringList codes(const QJsonObject &report)
{
    QStringList codes;
    for (const QJsonValue diagnostic : report[QStringLiteral("diagnostics")].toArray())
        codes << diagnostic[QStringLiteral("code")].toString();
    codes.sort();
    return codes;
}

QJsonObject traceOf(const QJsonObject &report, qsizetype at = 0)
{
    return report[QStringLiteral("traces")][at].toObject();
}

} // namespace

// Traces that are one file, from the file to what exitscope-cli prints.
class TestFileTraces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsTheFile();
    void textWithoutCpus();
    void throughAPipe();
    void lossesAreTold();
    void adviceIsOfItsTool();
    void severalTogether();
    void copiesAreReadOnce();
    void standardInputIsNamed();
    void standardInputIsClosed();
    void interruptedStandardInput();
    void linesThatTellNothing();
    void damaged();
    void nothingInIt();
    void nameThatIsNoUtf8();

private:
    QTemporaryDir m_dir;
};

// All fields, as `trace-cmd report -t -R` prints them.
void TestFileTraces::textIsTheFile()
{
    const QString text = m_dir.filePath(QStringLiteral("report.txt"));
    write(text, unpacked(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/trace-cmd/host.report.txt.gz")));
    for (const char *command : {"exits", "intervals"}) {
        const QByteArray file = listing(command, kDat);
        QVERIFY(file.count('\n') > 70);
        QCOMPARE(listing(command, text), file);
    }
    QCOMPARE(traceOf(cliReport(text, {}))[QStringLiteral("events")].toInt(), 475);
}

// What switches say of the CPUs gives the same numbers, and it is told that they do.
void TestFileTraces::textWithoutCpus()
{
    QFile file(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text/tools/perf.txt"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QTemporaryDir folder;
    const QString bare = folder.filePath(QStringLiteral("bare.txt"));
    static const QRegularExpression cpu(QStringLiteral(" \\[\\d{3}\\]"));
    write(bare, QString::fromUtf8(text).remove(cpu).toUtf8());
    for (const char *command : {"exits", "intervals"})
        QCOMPARE(listing(command, bare), listing(command, file.fileName()));
    const QString code = QStringLiteral("pcpus-inferred");
    QVERIFY(codes(cliReport(bare, {})).contains(code));
    QVERIFY(!codes(cliReport(file.fileName(), {})).contains(code));
}

void TestFileTraces::throughAPipe()
{
    QProcess cli;
    cli.setStandardInputFile(kDat);
    cli.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"), {QStringLiteral("exits"), QStringLiteral("-")});
    QVERIFY(cli.waitForFinished(30'000));
    QCOMPARE(cli.exitCode(), 0);
    QCOMPARE(cli.readAllStandardOutput(), listing("exits", kDat));
    const QByteArray errors = cli.readAllStandardError();
    QVERIFY2(errors.contains("(-)") && !errors.contains("/tmp"), errors);
}

// As perf counted them: 31 + 2 + 1 of one CPU, 17 of the other.
void TestFileTraces::lossesAreTold()
{
    const QJsonObject report = cliReport(kPerf, {});
    QCOMPARE(traceOf(report)[QStringLiteral("discarded_events")].toInt(), 51);
    QVERIFY(codes(report).contains(QStringLiteral("lost-events")));
    QVERIFY(!codes(report).contains(QStringLiteral("losses-unknown")));
    QVERIFY(report[QStringLiteral("states")][QStringLiteral("unknown_ns")].toInteger() > 10'000'000);
    const ProgramResult strict = runCli({QStringLiteral("report"), QStringLiteral("--strict"), kPerf});
    QCOMPARE(strict.status, 3);
    QVERIFY2(strict.err.contains(QStringLiteral("51 event(s)"))
            && strict.err.contains(QStringLiteral("in CPU 0, CPU 1"))
            && strict.err.contains(QStringLiteral("perf record -m")),
        qPrintable(strict.err));
}

void TestFileTraces::adviceIsOfItsTool()
{
    const QString text = m_dir.filePath(QStringLiteral("bare.txt"));
    write(text,
        "cpus=1\n    CPU 0/KVM-239   [000]   179.692219155: kvm_entry:            vcpu 0\n"
        "    CPU 0/KVM-239   [000]   179.692229155: kvm_exit:             reason HLT rip 0x10 info 0 0\n");
    const ProgramResult info = runCli({QStringLiteral("info"), text});
    QCOMPARE(info.status, 0);
    QVERIFY2(info.err.contains(QStringLiteral("trace-cmd record -e sched:sched_switch")), qPrintable(info.err));
    QVERIFY2(!info.err.contains(QStringLiteral("lttng")) && !info.err.contains(QStringLiteral("perf")),
        qPrintable(info.err));
}

// Given by name or found in a directory; recordings of nobody knows which hosts are not laid on one another.
void TestFileTraces::severalTogether()
{
    QTemporaryDir dir;
    QVERIFY(QFile::copy(kDat, dir.filePath(QStringLiteral("a.dat"))));
    QVERIFY(QFile::copy(kPerf, dir.filePath(QStringLiteral("b.data"))));
    write(dir.filePath(QStringLiteral("notes.txt")), "what was done: nothing\n");
    const QByteArray both = listing("exits", dir.path());
    QCOMPARE(both.count('\n'), listing("exits", kDat).count('\n') + listing("exits", kPerf).count('\n') - 1);
    const QJsonObject report = cliReport(dir.path(), {});
    QCOMPARE(report[QStringLiteral("traces")].toArray().size(), qsizetype(2));
    QVERIFY(codes(report).contains(QStringLiteral("several-hosts")));
}

void TestFileTraces::copiesAreReadOnce()
{
    QTemporaryDir dir;
    QVERIFY(QFile::copy(kDat, dir.filePath(QStringLiteral("a.dat"))));
    QVERIFY(QFile::copy(kDat, dir.filePath(QStringLiteral("b.dat"))));
    QCOMPARE(listing("exits", dir.path()), listing("exits", kDat));
    QCOMPARE(codes(cliReport(dir.path(), {})),
        (QStringList{QStringLiteral("file-passed-over"), QStringLiteral("processes-unknown")}));
}

// "-" is a path for --role and --join, too.
void TestFileTraces::standardInputIsNamed()
{
    QProcess cli;
    cli.setStandardInputFile(kDat);
    cli.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"),
        {QStringLiteral("info"), QStringLiteral("--role"), QStringLiteral("-=guest"), QStringLiteral("-")});
    QVERIFY(cli.waitForFinished(30'000));
    const QByteArray out = cli.readAllStandardOutput();
    QVERIFY2(out.contains("role      guest"), out);
    QVERIFY(!cli.readAllStandardError().contains("not-found"));
}

void TestFileTraces::standardInputIsClosed()
{
    QProcess shell;
    shell.start(QStringLiteral("bash"),
        {QStringLiteral("-c"), QStringLiteral("exec \"$0\" report - <&-"),
            QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli")});
    QVERIFY(shell.waitForFinished(20'000));
    QCOMPARE(shell.exitCode(), 2);
    const QByteArray errors = shell.readAllStandardError();
    QVERIFY2(errors.contains("nothing came through the standard input"), errors);
}

// Nothing of what came so far is left.
void TestFileTraces::interruptedStandardInput()
{
    QTemporaryDir dir;
    QProcess cli;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("TMPDIR"), dir.path());
    cli.setProcessEnvironment(environment);
    cli.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"), {QStringLiteral("report"), QStringLiteral("-")});
    QVERIFY(cli.waitForStarted());
    cli.write(QByteArray(100'000, 'x'));
    QTRY_VERIFY_WITH_TIMEOUT(
        QFileInfo(QDir(dir.path())
                      .filePath(QDir(dir.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden).value(0)
                          + QStringLiteral("/standard-input")))
                .size()
            > 0,
        20'000);
    cli.terminate();
    QVERIFY(cli.waitForFinished(10'000));
    QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden), QStringList());
}

void TestFileTraces::linesThatTellNothing()
{
    const QString text = m_dir.filePath(QStringLiteral("mixed.txt"));
    write(text,
        "    CPU 0/KVM-239   [000]   179.692219: kvm_entry:            vcpu 0\nwhat is this?\n"
        "    CPU 0/KVM-239   [000]   179.692229: kvm_exit:             reason HLT rip 0x10 info 0 0\nand that\n");
    const ProgramResult report = runCli({QStringLiteral("report"), QStringLiteral("--strict"), text});
    QCOMPARE(report.status, 3);
    QVERIFY2(report.err.contains(QStringLiteral("lines-passed-over"))
            && report.err.contains(
                QStringLiteral("2 of 4 lines were not understood; the first is line 2: what is this?")),
        qPrintable(report.err));
}

// One line with the path and the first cause; what was read is kept.
void TestFileTraces::damaged()
{
    QFile file(kDat);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    const QString cut = m_dir.filePath(QStringLiteral("cut.dat"));
    write(cut, whole.left(3000));
    const ProgramResult report = runCli({QStringLiteral("report"), cut});
    QCOMPARE(report.status, 2);
    QCOMPARE(report.err.count(QLatin1Char('\n')), qsizetype(1));
    QVERIFY2(report.err.startsWith(QStringLiteral("error: trace-unreadable: ")) && report.err.contains(cut),
        qPrintable(report.err));
}

void TestFileTraces::nothingInIt()
{
    const QString text = m_dir.filePath(QStringLiteral("no-vm.txt"));
    write(text,
        "    a-1   [000]   179.692219: sched_switch: prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> "
        "next_comm=b next_pid=2 next_prio=120\n");
    const ProgramResult report = runCli({QStringLiteral("report"), text});
    QCOMPARE(report.status, 0); // it was read, and has nothing to tell
    QVERIFY2(report.err.contains(QStringLiteral("no-kvm-events"))
            && report.err.contains(QStringLiteral("trace-cmd record -e kvm:kvm_entry -e kvm:kvm_exit")),
        qPrintable(report.err));
}

void TestFileTraces::nameThatIsNoUtf8()
{
    QTemporaryDir dir;
    QProcess copy;
    copy.start(QStringLiteral("bash"),
        {QStringLiteral("-c"), QStringLiteral("cp \"$0\" \"$1/$(printf 'caf\\351.dat')\""), kDat, dir.path()});
    QVERIFY(copy.waitForFinished() && copy.exitCode() == 0);
    QCOMPARE(listing("exits", dir.path()), listing("exits", kDat));
}

QTEST_GUILESS_MAIN(TestFileTraces)
#include "tst_file_traces.moc"
