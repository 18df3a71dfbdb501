// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/model/cli/program.h"

using namespace exitscope::test;

// The program as a whole, as a shell sees it.
class TestExitStatus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void help();
    void wrongUsage();
    void nothingReadable();
    void foreignLocaleIsQuiet();
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

void TestExitStatus::foreignLocaleIsQuiet()
{
    qputenv("LC_ALL", "C");
    const ProgramResult result = runCli({QStringLiteral("--version")});
    qunsetenv("LC_ALL");
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.isEmpty(), qPrintable(result.err));
    QVERIFY(result.out.startsWith("exitscope-cli "));
}

QTEST_GUILESS_MAIN(TestExitStatus)
#include "tst_exit_status.moc"
