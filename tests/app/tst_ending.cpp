// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QProcess>

#include "app/common/interrupt_guard.h"
#include "model/source/private_dir.h"
#include "model/source/process/reader_pool.h"
#include "model/source/stream_repair.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/program.h"
#include "tests/tools/storm_trace.h"

using namespace exitscope;
using namespace exitscope::test;
using namespace exitscope::testing;

namespace {

// Half a second is promised; a machine with other work to do needs more.
constexpr int kEndsWithinMs = 2000;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QString binary(const char *name)
{
    return text(EXITSCOPE_BINARY_DIR "/") + text(name);
}

struct Program {
    const char *name;
    QString file;
    QStringList arguments;
};

} // namespace

// However a program ends while it loads, no file of it is left, at the latest after the next start.
class TestEnding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void ends_data();
    void ends();
    void theLivingKeepTheirFiles();
    void oneThatDoesNotListenIsEnded_data();
    void oneThatDoesNotListenIsEnded();

private:
    QList<Program> programs(const QString &path) const;
    QString pathFor(const QString &when) const
    {
        return when == text("survey") ? m_dir.filePath(text("chunks")) : trace();
    }
    int framesOf(const QString &file) const;
    void startHanging(QProcess &process, const Program &program, const QString &when);
    QString temporary() const { return m_work->filePath(text("tmp")); }
    QString trace() const { return m_dir.filePath(text("host")); }
    bool isAnyReaderLeft() const;

    QTemporaryDir m_dir;
    int m_frames = 0; // of the trace's first stream
    std::unique_ptr<QTemporaryDir> m_work;
};

void TestEnding::initTestCase()
{
    writeStormTrace(trace().toStdString(), 200'000, 7);
    writeStormChunks(m_dir.filePath(text("chunks")).toStdString(), 2, 300'000, {}); // of several packets each
    for (const char *directory : {"host", "chunks/0", "chunks/1"})
        for (const char *name : {"ch_0", "ch_1"}) {
            QFile stream(m_dir.filePath(text(directory)) + QLatin1Char('/') + text(name));
            QVERIFY(stream.resize(stream.size() - 100));
        }
    QVERIFY(QFile::remove(indexPath(trace() + text("/ch_1")))); // one is found to be cut only when it is opened
    m_frames = framesOf(text("ch_0"));
    QVERIFY2(m_frames > 20, qPrintable(QString::number(m_frames)));
}

void TestEnding::init()
{
    m_work = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkpath(temporary()));
}

QList<Program> TestEnding::programs(const QString &path) const
{
    return {{"exitscope-cli", binary("exitscope-cli"), {text("report"), path}},
        {"exitscope", binary("exitscope"), {path}},
        {"exitscope --export", binary("exitscope"),
            {text("--export"), text("timeline"), text("--output"), text("/tmp/never.png"), path}}};
}

int TestEnding::framesOf(const QString &file) const
{
    PrivateDirs dirs;
    QString error;
    const QString path = trace() + QLatin1Char('/') + file;
    const StreamFiles files{{path}, 0, {}, {{path, *wholePacketsByIndex(path, indexPath(path))}}};
    StreamChannel stream({dirs.add(trace(), files, error)});
    const LoadOptions loadOptions = options();
    ReaderPool pool(loadOptions, nullptr);
    pool.open({&stream});
    int frames = 0;
    for (;; ++frames) {
        pool.request(stream);
        pool.waitFor(stream);
        if (stream.takeRecords().empty())
            return frames;
    }
}

// Returns when the program's reader hangs: after so many frames, or in a survey.
void TestEnding::startHanging(QProcess &process, const Program &program, const QString &when)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    const auto set = [&](const char *name, const QString &value) { environment.insert(text(name), value); };
    set("TMPDIR", temporary());
    for (const char *home : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
        set(home, m_work->path());
    set("QT_QPA_PLATFORM", text("offscreen"));
    set("EXITSCOPE_READER", binary("faulty_reader"));
    set("EXITSCOPE_READER_FAULT", text("hang:") + when);
    const QString note = m_work->filePath(text("hangs"));
    set("EXITSCOPE_READER_NOTE", note);
    process.setProcessEnvironment(environment);
    process.start(program.file, program.arguments);
    QTRY_VERIFY2_WITH_TIMEOUT(QFileInfo::exists(note), "no reader hangs", 30'000);
    QVERIFY(!QDir(temporary()).isEmpty());
}

bool TestEnding::isAnyReaderLeft() const
{
    for (const QString &pid : QDir(text("/proc")).entryList({text("[1-9]*")}, QDir::Dirs)) {
        QFile commandLine(text("/proc/%1/cmdline").arg(pid));
        if (commandLine.open(QIODevice::ReadOnly) && commandLine.readAll().contains(temporary().toUtf8()))
            return true;
    }
    return false;
}

void TestEnding::ends_data()
{
    QTest::addColumn<int>("program");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("when");
    const std::pair<const char *, QString> places[] = {{"in a survey", text("survey")}, {"at the begin", text("0")},
        {"in the middle", QString::number(m_frames / 2)}, {"at the end", QString::number(m_frames - 5)}};
    const std::pair<const char *, int> signalNames[]
        = {{"Ctrl+C", SIGINT}, {"SIGTERM", SIGTERM}, {"SIGHUP", SIGHUP}, {"SIGKILL", SIGKILL}};
    for (int program = 0; program < programs({}).size(); ++program)
        for (const auto &[name, signal] : signalNames)
            for (const auto &[place, when] : places)
                QTest::addRow("%s, %s %s", programs({})[program].name, name, place) << program << signal << when;
}

void TestEnding::ends()
{
    QFETCH(const int, program);
    QFETCH(const int, signal);
    QFETCH(const QString, when);
    QProcess process;
    startHanging(process, programs(pathFor(when))[program], when);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(::kill(pid_t(process.processId()), signal), 0);
    QVERIFY(process.waitForFinished(kEndsWithinMs));
    if (timer.elapsed() > 500)
        qInfo("it took %lld ms", static_cast<long long>(timer.elapsed()));
    QCOMPARE(process.exitStatus(), QProcess::CrashExit); // ended by the signal
    QCOMPARE(process.exitCode(), signal);
    QTRY_VERIFY_WITH_TIMEOUT(!isAnyReaderLeft(), kEndsWithinMs);
    QCOMPARE(QDir(temporary()).isEmpty(), signal != SIGKILL);

    QProcess next;
    next.setProcessEnvironment(process.processEnvironment());
    next.start(binary("exitscope-cli"),
        {text("info"), text("--reader"), binary("exitscope-reader"),
            text(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QVERIFY(next.waitForFinished(60'000));
    QCOMPARE(next.exitCode(), 0);
    QVERIFY(QDir(temporary()).isEmpty());
}

void TestEnding::theLivingKeepTheirFiles()
{
    QProcess living;
    startHanging(living, programs(trace())[0], text("5"));
    const QStringList before = QDir(temporary()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    QProcess next;
    next.setProcessEnvironment(living.processEnvironment());
    next.start(binary("exitscope-cli"),
        {text("info"), text("--reader"), binary("exitscope-reader"),
            text(EXITSCOPE_SOURCE_DIR "/resources/sample/host")});
    QVERIFY(next.waitForFinished(60'000));
    QCOMPARE(next.exitCode(), 0);
    QCOMPARE(QDir(temporary()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), before);
    living.terminate();
    QVERIFY(living.waitForFinished(kEndsWithinMs));
    QVERIFY(QDir(temporary()).isEmpty());
}

void TestEnding::oneThatDoesNotListenIsEnded_data()
{
    QTest::addColumn<int>("signals");
    QTest::newRow("one signal") << 1;
    QTest::newRow("two signals") << 2;
}

// A job that never looks at the flag: its files go all the same.
void TestEnding::oneThatDoesNotListenIsEnded()
{
    QFETCH(const int, signals);
    qputenv("TMPDIR", QFile::encodeName(temporary()));
    const pid_t deaf = ::fork();
    if (deaf == 0) {
        const InterruptGuard guard;
        const PrivateRoot root;
        for (;;)
            ::pause();
    }
    QTRY_VERIFY(!QDir(temporary()).isEmpty());
    for (int i = 0; i < signals; ++i)
        QCOMPARE(::kill(deaf, SIGTERM), 0);
    int status = 0;
    bool hasEnded = false;
    QTRY_VERIFY_WITH_TIMEOUT(hasEnded = hasEnded || ::waitpid(deaf, &status, WNOHANG) == deaf, kEndsWithinMs);
    QVERIFY(WIFSIGNALED(status));
    QCOMPARE(WTERMSIG(status), SIGTERM);
    QVERIFY(QDir(temporary()).isEmpty());
    qunsetenv("TMPDIR");
}

QTEST_GUILESS_MAIN(TestEnding)
#include "tst_ending.moc"
