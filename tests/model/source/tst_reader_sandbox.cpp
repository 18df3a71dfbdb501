// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryLimited = false;
#else
constexpr bool kMemoryLimited = true;
#endif
constexpr int kNotLimited = 77;
constexpr int kRefused = 0;
constexpr int kPossible = 1;

struct Result {
    int status = -1;
    QByteArray output, errors;
};

Result runProgram(const QString &name, const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/") + name, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(30'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, process.readAllStandardOutput(), process.readAllStandardError()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Result runReader(const QStringList &arguments)
{
    return runProgram(QStringLiteral("exitscope-reader"), arguments);
}

void writeFile(const QString &path)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    QCOMPARE(file.write("secret"), 6);
}

} // namespace

// The limits of exitscope-reader, each attempted from inside its sandbox.
class TestReaderSandbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void forbidden_data();
    void forbidden();
    void allowed_data();
    void allowed();
    void fileAlone();
    void memory();
    void smallMemoryIsToldOrEnds();
    void wrongUsage_data();
    void wrongUsage();
    void endsWithItsInput();
    void endsWithItsParent();
    void wantsItsParent();

private:
    Result attempt(const QString &mode, const QString &what, const QString &path, const QString &memory = {}) const;

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_granted; // the directory that may be read
    QString m_secret; // a file beside it
};

void TestReaderSandbox::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_granted = m_dir->filePath(QStringLiteral("granted"));
    m_secret = m_dir->filePath(QStringLiteral("secret"));
    QVERIFY(QDir().mkpath(m_granted + QStringLiteral("/index")));
    writeFile(m_secret);
    writeFile(m_granted + QStringLiteral("/own"));
    writeFile(m_dir->filePath(QStringLiteral("linked")));
    for (const char *name : {"/link", "/index/link"})
        QVERIFY(QFile::link(m_dir->filePath(QStringLiteral("linked")), m_granted + QString::fromLatin1(name)));
}

Result TestReaderSandbox::attempt(
    const QString &mode, const QString &what, const QString &path, const QString &memory) const
{
    return runProgram(QStringLiteral("sandbox_probe"),
        {mode, memory.isEmpty() ? QStringLiteral("1000000000") : memory, m_granted, what, path});
}

void TestReaderSandbox::forbidden_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("isPossibleOutside"); // else it depends on the machine
    for (const char *what : {"read", "list", "write", "read and write", "truncate at opening", "create", "remove",
             "rename", "link", "symlink", "mkdir", "chmod", "shorten", "memfd", "environ of the parent", "fork",
             "clone", "exec", "signal to the parent", "signal to its thread", "priority", "mmap rwx", "mmap of code",
             "mprotect", "socket", "local socket", "socket pair", "terminal input"})
        QTest::addRow("%s", what) << QString::fromLatin1(what) << true;
    for (const char *what : {"create unnamed", "secret memory", "memory of the parent, file", "memory of the parent",
             "clone3", "ptrace", "signal to all", "pidfd", "limits", "io_uring", "shared memory", "keys", "namespaces"})
        QTest::addRow("%s", what) << QString::fromLatin1(what) << false;
}

void TestReaderSandbox::forbidden()
{
    QFETCH(const QString, what);
    QFETCH(const bool, isPossibleOutside);
    const QString path = what == QLatin1String("list") ? m_dir->path() : m_secret;
    const Result inside = attempt(QStringLiteral("sandboxed"), what, path);
    if (inside.status == kNotLimited)
        QSKIP(inside.output.trimmed().constData());
    QVERIFY2(inside.output.startsWith("refused: "), QByteArray(inside.output + inside.errors).constData());
    QCOMPARE(inside.status, kRefused);
    QFile secret(m_secret);
    QVERIFY(secret.open(QIODevice::ReadOnly));
    QCOMPARE(secret.readAll(), QByteArray("secret"));
    if (isPossibleOutside) { // else the attempt would prove nothing
        const Result outside = attempt(QStringLiteral("free"), what, path);
        QVERIFY2(outside.status == kPossible, QByteArray(outside.output + outside.errors).constData());
    }
}

void TestReaderSandbox::allowed_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("path");
    QTest::addRow("its own end") << QStringLiteral("nothing") << QString();
    QTest::addRow("a file of its directory") << QStringLiteral("read") << QStringLiteral("/own");
    QTest::addRow("what a link names") << QStringLiteral("read") << QStringLiteral("/link");
    QTest::addRow("what a link of the index names") << QStringLiteral("read") << QStringLiteral("/index/link");
    QTest::addRow("its directory") << QStringLiteral("list") << QStringLiteral("/");
}

void TestReaderSandbox::allowed()
{
    QFETCH(const QString, what);
    QFETCH(const QString, path);
    const Result result = attempt(QStringLiteral("sandboxed"), what, m_granted + path);
    if (result.status == kNotLimited)
        QSKIP(result.output.trimmed().constData());
    QVERIFY2(result.status == kPossible, QByteArray(result.output + result.errors).constData());
}

// Of a trace that is one file: nothing else in its directory.
void TestReaderSandbox::fileAlone()
{
    const auto read = [&](const QString &name) {
        return runProgram(QStringLiteral("sandbox_probe"),
            {QStringLiteral("sandboxed"), QStringLiteral("1000000000"), m_granted + QStringLiteral("/own"),
                QStringLiteral("read"), m_granted + name});
    };
    const Result beside = read(QStringLiteral("/link"));
    if (beside.status == kNotLimited)
        QSKIP(beside.output.trimmed().constData());
    QCOMPARE(beside.status, kRefused);
    QCOMPARE(read(QStringLiteral("/own")).status, kPossible);
}

void TestReaderSandbox::memory()
{
    const Result result
        = attempt(QStringLiteral("sandboxed"), QStringLiteral("memory"), {}, QStringLiteral("200000000"));
    QVERIFY2(result.output.startsWith(kMemoryLimited ? "refused: " : "possible"), result.output.constData());
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
    QTest::addRow("no process") << QStringList{
        QStringLiteral("--parent"), QStringLiteral("-1"), QStringLiteral("/tmp")};
    QTest::addRow("value missing") << QStringList{QStringLiteral("/tmp"), QStringLiteral("--memory")};
    QTest::addRow("no CPU") << QStringList{QStringLiteral("--file"), QStringLiteral("/tmp/x"), QStringLiteral("-2")};
    QTest::addRow("a list of several") << QStringList{
        QStringLiteral("--list"), QStringLiteral("/tmp/x"), QStringLiteral("/tmp")};
    QTest::addRow("the tests' attempts") << QStringList{QStringLiteral("--try"), QStringLiteral("file")};
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

// A shell starts it and is killed; its input stays open, so that nothing else ends it.
void TestReaderSandbox::endsWithItsParent()
{
    QProcess shell;
    shell.start(QStringLiteral("/bin/sh"),
        {QStringLiteral("-c"), QStringLiteral("exec 3<&0; \"$0\" --parent $$ \"$1\" <&3 2>&1 & echo $!; wait"),
            QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader"),
            QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QVERIFY(shell.waitForStarted());
    QByteArray output;
    while (!output.contains('\n') || !output.contains("XEND")) { // it has opened its stream, and waits
        QVERIFY2(shell.waitForReadyRead(20'000), output.constData());
        output += shell.readAllStandardOutput();
    }
    const QByteArray pid = output.left(output.indexOf('\n'));
    QVERIFY2(pid.toInt() > 0, output.constData());
    shell.kill();
    QVERIFY(shell.waitForFinished());
    const auto isRunning = [&] {
        QFile status(QStringLiteral("/proc/%1/stat").arg(QString::fromLatin1(pid)));
        return status.open(QIODevice::ReadOnly) && !status.readAll().contains(") Z ");
    };
    QTRY_VERIFY_WITH_TIMEOUT(!isRunning(), 500);
}

// The one that it was to end with is gone before it could ask for that.
void TestReaderSandbox::wantsItsParent()
{
    const Result result = runReader({QStringLiteral("--parent"), QStringLiteral("999999999"),
        QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QCOMPARE(result.status, 0);
    QVERIFY(result.output.isEmpty());
}

QTEST_GUILESS_MAIN(TestReaderSandbox)
#include "tst_reader_sandbox.moc"
