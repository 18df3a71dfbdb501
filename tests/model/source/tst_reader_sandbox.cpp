// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMemoryLimited = false;
#else
constexpr bool kMemoryLimited = true;
#endif

struct Result {
    int status = -1;
    QByteArray output, errors;
};

Result runReader(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader"), arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(30'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, process.readAllStandardOutput(), process.readAllStandardError()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

// The limits of exitscope-reader, each proved by the program's own attempt.
class TestReaderSandbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forbidden_data();
    void forbidden();
    void memory();
    void smallMemoryIsToldOrEnds();
    void wrongUsage_data();
    void wrongUsage();
    void endsWithItsInput();
};

void TestReaderSandbox::forbidden_data()
{
    QTest::addColumn<QString>("what");
    QTest::addRow("file") << QStringLiteral("file");
    QTest::addRow("socket") << QStringLiteral("socket");
}

void TestReaderSandbox::forbidden()
{
    QFETCH(QString, what);
    const Result result = runReader({QStringLiteral("--try"), what});
    QVERIFY2(result.output.startsWith("refused: "), result.output.constData());
    QCOMPARE(result.status, 0);
}

void TestReaderSandbox::memory()
{
    const Result result = runReader(
        {QStringLiteral("--memory"), QStringLiteral("200000000"), QStringLiteral("--try"), QStringLiteral("memory")});
    if (kMemoryLimited) {
        QVERIFY2(result.output.startsWith("refused: "), result.output.constData());
        QCOMPARE(result.status, 0);
    } else {
        QCOMPARE(result.output.trimmed(), QByteArray("not limited under the address sanitizer"));
        QCOMPARE(result.status, 77);
    }
}

// Too little even to start with: the reader says so or dies, but it never does without.
void TestReaderSandbox::smallMemoryIsToldOrEnds()
{
    const QString sample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
    const Result result = runReader({QStringLiteral("--memory"), QStringLiteral("1000000"), sample});
    QVERIFY(!kMemoryLimited || result.status != 0);
    QVERIFY(!kMemoryLimited || result.output.isEmpty());
}

void TestReaderSandbox::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addRow("nothing") << QStringList();
    QTest::addRow("unknown option") << QStringList{QStringLiteral("--colour"), QStringLiteral("/tmp")};
    QTest::addRow("no number") << QStringList{QStringLiteral("--memory"), QStringLiteral("1G"), QStringLiteral("/tmp")};
    QTest::addRow("value missing") << QStringList{QStringLiteral("/tmp"), QStringLiteral("--memory")};
    QTest::addRow("attempt and directory")
        << QStringList{QStringLiteral("--try"), QStringLiteral("file"), QStringLiteral("/tmp")};
    QTest::addRow("unknown attempt") << QStringList{QStringLiteral("--try"), QStringLiteral("flying")};
}

void TestReaderSandbox::wrongUsage()
{
    QFETCH(QStringList, arguments);
    const Result result = runReader(arguments);
    QCOMPARE(result.status, 2);
    QVERIFY(result.output.isEmpty());
}

void TestReaderSandbox::endsWithItsInput()
{
    const QTemporaryDir empty;
    const Result result = runReader({empty.path()});
    QCOMPARE(result.status, 0);
    QVERIFY(result.output.contains("metadata: No such file or directory"));
    QVERIFY(!result.output.contains(empty.path().toUtf8()));
    QVERIFY2(result.errors.isEmpty(), result.errors.constData());
}

QTEST_GUILESS_MAIN(TestReaderSandbox)
#include "tst_reader_sandbox.moc"
