// SPDX-License-Identifier: GPL-3.0-or-later
#include <QProcess>
#include <QtTest>

#include <signal.h>

#include "tests/tools/program.h"

using namespace exitscope::test;

// The program as a whole, as a shell sees it.
class TestExitStatus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void help();
    void wrongUsage();
    void nothingReadable();
    void fullDisk();
    void lostDataFailsWithStrict();
    void foreignLocaleIsQuiet();
    void interruptedLeavesNothing_data();
    void interruptedLeavesNothing();
};

void TestExitStatus::help()
{
    const ProgramResult result = runCli({QStringLiteral("report"), QStringLiteral("--help")});
    QCOMPARE(result.status, 0);
    QVERIFY(result.out.contains("--scenario"));
    QVERIFY(result.err.isEmpty());
}

void TestExitStatus::wrongUsage()
{
    const ProgramResult result = runCli({QStringLiteral("report")});
    QCOMPARE(result.status, 1);
    QVERIFY(result.out.isEmpty());
    QVERIFY(result.err.startsWith(QStringLiteral("exitscope-cli: no PATH")));
}

void TestExitStatus::nothingReadable()
{
    const QTemporaryDir empty;
    for (const QString &path : {empty.path(), empty.filePath(QStringLiteral("missing"))}) {
        const ProgramResult result = runCli({QStringLiteral("report"), path});
        QCOMPARE(result.status, 2);
        QVERIFY(result.out.isEmpty());
        QVERIFY2(result.err.startsWith(QStringLiteral("error: ")) && result.err.contains(path), qPrintable(result.err));
        QCOMPARE(result.err.count(QLatin1Char('\n')), 1);
    }
}

void TestExitStatus::fullDisk()
{
    QProcess program;
    program.setStandardOutputFile(QStringLiteral("/dev/full"));
    program.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"),
        {QStringLiteral("report"), QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QVERIFY(program.waitForFinished(60'000));
    QCOMPARE(program.exitCode(), 4);
    QVERIFY(program.readAllStandardError().contains("No space left on device"));
}

void TestExitStatus::lostDataFailsWithStrict()
{
    const QString sample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
    const QTemporaryDir trace;
    for (const char *name : {"metadata", "ch_0", "ch_1"}) {
        const QString file = QLatin1Char('/') + QString::fromLatin1(name);
        QVERIFY(QFile::copy(sample + file, trace.path() + file));
        QFile::setPermissions(trace.path() + file, QFile::ReadOwner | QFile::WriteOwner);
    }
    const auto status = [&](const QStringList &options) {
        return runCli(QStringList{QStringLiteral("report")} + options + QStringList{trace.path()}).status;
    };
    const QStringList strict{QStringLiteral("--strict")};
    QCOMPARE(status(strict), 0);
    QVERIFY(QFile::resize(trace.filePath(QStringLiteral("ch_1")), 3'000'000)); // inside its second packet
    QCOMPARE(status({}), 0);
    QCOMPARE(status(strict), 3);
    QVERIFY(QFile::resize(trace.filePath(QStringLiteral("metadata")), 3'000));
    QCOMPARE(status({}), 2);
    QCOMPARE(status(strict), 2);
}

void TestExitStatus::foreignLocaleIsQuiet()
{
    qputenv("LC_ALL", "C");
    const ProgramResult result = runCli({QStringLiteral("--version")});
    qunsetenv("LC_ALL");
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.isEmpty(), qPrintable(result.err));
    QVERIFY(result.out.startsWith("exitscope-cli "));
}

void TestExitStatus::interruptedLeavesNothing_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("Ctrl+C") << SIGINT;
    QTest::newRow("end of the session") << SIGHUP;
    QTest::newRow("kill") << SIGTERM;
}

// While it loads, with a reader that never says anything.
void TestExitStatus::interruptedLeavesNothing()
{
    QFETCH(int, signal);
    const QTemporaryDir temporary;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("TMPDIR"), temporary.path());
    const QTemporaryDir scripts;
    QFile reader(scripts.filePath(QStringLiteral("reader.sh")));
    QVERIFY(reader.open(QIODevice::WriteOnly));
    reader.write("#!/bin/sh\nexec sleep 1000\n");
    reader.close();
    reader.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    environment.insert(QStringLiteral("EXITSCOPE_READER"), reader.fileName());
    QProcess program;
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"),
        {QStringLiteral("report"), QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QTRY_VERIFY(!QDir(temporary.path()).isEmpty());
    QCOMPARE(::kill(pid_t(program.processId()), signal), 0);
    QVERIFY(program.waitForFinished(5000)); // before the reader counts as hanging
    QCOMPARE(program.exitStatus(), QProcess::CrashExit); // ended by the signal
    QCOMPARE(program.exitCode(), signal);
    QVERIFY(QDir(temporary.path()).isEmpty());
    QVERIFY(program.readAllStandardOutput().isEmpty());
}

QTEST_GUILESS_MAIN(TestExitStatus)
#include "tst_exit_status.moc"
