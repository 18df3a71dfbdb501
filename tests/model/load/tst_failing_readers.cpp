// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include "model/source/private_dir.h"
#include "model/source/process/reader_pool.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/storm_trace.h"

using namespace exitscope;
using namespace exitscope::testing;
using State = StreamChannel::State;

Q_DECLARE_METATYPE(exitscope::Code)

namespace {

QString faultWords()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return QStringLiteral("exit code"); // the sanitizer catches the signal
#else
    return QStringLiteral("SIGSEGV");
#endif
}

} // namespace

// A reader may do what it likes: what came before is kept, the message says why, and the next time is undisturbed.
class TestFailingReaders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup()
    {
        qunsetenv("EXITSCOPE_FAKE_READER");
        qunsetenv("EXITSCOPE_READER_FAULT");
    }

    void brokenProtocol_data();
    void brokenProtocol();
    void badAtOnce_data();
    void badAtOnce();
    void heartbeatsAreLife();
    void endlessRecordsAreBounded();
    void missingProgram();
    void signalToARealReader_data();
    void signalToARealReader();
    void slowConsumerIsNoHang();
    void noReaderIsLeft();
    void oneStreamOfTwo_data();
    void oneStreamOfTwo();
    void allStreamsAtTheStart_data();
    void allStreamsAtTheStart();
    void sharedReaderDies();

private:
    QString wrapper(const QString &fault) const;
    int framesOf(const QString &file) const;
    QString fake() const { return QStringLiteral(EXITSCOPE_BINARY_DIR "/fake_reader"); }

    QTemporaryDir m_dir;
    QString m_host; // a trace of two streams, with some Records frames in each
    QByteArray m_undisturbed;
    Recording m_whole;
};

void TestFailingReaders::initTestCase()
{
    QVERIFY(m_dir.isValid());
    m_host = m_dir.filePath(QStringLiteral("host"));
    writeStormTrace(m_host.toStdString(), 40'000, 7);
    m_whole = loadRecording({m_host}, options());
    m_undisturbed = fingerprint(m_whole);
    QCOMPARE(m_whole.hosts.size(), std::size_t(1));
    QVERIFY(framesOf(QStringLiteral("ch_1")) > 6);
}

// A reader program that misbehaves with the stream of pCPU 1, alone or with others.
QString TestFailingReaders::wrapper(const QString &fault) const
{
    const QString path = m_dir.filePath(QStringLiteral("reader.sh"));
    writeFile(path,
        QStringLiteral("#!/bin/sh\nfor last; do :; done\nif [ -e \"$last/ch_1\" ] || [ \"$last\" = ch_1 ]; then %1; "
                       "fi\nexec %2 \"$@\"\n")
            .arg(fault, QStringLiteral(EXITSCOPE_BINARY_DIR "/faulty_reader"))
            .toUtf8());
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

int TestFailingReaders::framesOf(const QString &file) const
{
    PrivateDirs dirs;
    QString error;
    StreamChannel stream({dirs.add(m_host, {{m_host + QLatin1Char('/') + file}, 0}, error)});
    const LoadOptions loadOptions = readerOptions();
    ReaderPool pool(loadOptions, nullptr);
    pool.open({&stream});
    int frames = 0;
    for (;;) {
        pool.request(stream);
        pool.waitFor(stream);
        if (!stream.hasRecords())
            return frames;
        while (!stream.takeRecords().empty())
            ++frames;
    }
}

void TestFailingReaders::brokenProtocol_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<exitscope::Code>("code");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *mode, Code code, const char *words) {
        QTest::newRow(mode) << QByteArray(mode) << code << QString::fromLatin1(words);
    };
    row("garbage", Code::ReaderBabbled, "bytes without the mark of a frame");
    row("short garbage", Code::ReaderBabbled, "bytes without the mark of a frame");
    row("no end mark", Code::ReaderBabbled, "a frame without its end mark");
    row("endless frame", Code::ReaderBabbled, "a frame of 4294967295 bytes");
    row("unknown kind", Code::ReaderBabbled, "a frame of kind 99");
    row("other stream", Code::ReaderBabbled, "a frame of stream 5");
    row("time goes back", Code::ReaderBabbled, "records out of order");
    row("no such event", Code::ReaderBabbled, "a record of kind 77");
    row("name not told", Code::ReaderBabbled, "a name that was not told");
    row("call not told", Code::ReaderBabbled, "a name that was not told");
    row("file not told", Code::ReaderBabbled, "a name that was not told");
    row("half a record", Code::ReaderBabbled, "20 bytes of records");
    row("too many records", Code::ReaderBabbled, "bytes of records");
    row("more than the credits", Code::ReaderBabbled, "that was not asked for");
    row("described twice", Code::ReaderBabbled, "that was not asked for");
    row("described as itself", Code::ReaderBabbled, "a description that it did not tell");
    row("described as nothing", Code::ReaderBabbled, "a description that it did not tell");
    row("small summary", Code::ReaderBabbled, "that was not asked for");
    row("odd heartbeat", Code::ReaderBabbled, "a heartbeat of 1 bytes");
    row("heartbeat that goes back", Code::ReaderBabbled, "a heartbeat that tells of 3 steps");
    row("records without any", Code::ReaderBabbled, "0 bytes of records");
    row("partial twice", Code::ReaderBabbled, "was not asked for");
    row("bytes go back", Code::ReaderBabbled, "records from 999 bytes on");
    row("bytes beyond all", Code::ReaderBabbled, "records from 18446744073709551615 bytes on");
    row("pCPU beyond all", Code::ReaderBabbled, "a record of pCPU 1073741824");
    row("pCPU below all", Code::ReaderBabbled, "a record of pCPU -2");
    row("time at the end", Code::ReaderBabbled, "a record without a time");
    row("no bool", Code::ReaderBabbled, "a record that no reader makes");
    row("odd interrupt", Code::ReaderBabbled, "interrupt work of source 9");
    row("odd vmsync", Code::ReaderBabbled, "a vmsync event of point 9");
    row("switch behind", Code::ReaderBabbled, "a next switch that lies behind");
    row("odd blindness", Code::ReaderBabbled, "a blind stretch that no reader makes");
    row("odd thread", Code::ReaderBabbled, "a thread of number -5");
    row("name told twice", Code::ReaderBabbled, "a name out of order");
    row("endless name", Code::ReaderBabbled, "too many names, or too long ones");
    row("endless cause", Code::ReaderBabbled, "a cause of 2001 bytes");
    row("summary of too many", Code::ReaderBabbled, "a count above 2^63");
    row("summary of too few", Code::ReaderBabbled, "a summary of 1 events after 2");
    row("summary of odd kinds", Code::ReaderBabbled, "the kinds ffffffff");
    row("summary of an odd pCPU", Code::ReaderBabbled, "a summary of pCPU -7");
    row("summary of an odd switch", Code::ReaderBabbled, "a summary with a next switch");
    row("summary backwards", Code::ReaderBabbled, "whose end lies before its begin");
    row("exit", Code::ReaderDied, "exit code 7");
    row("exit in a frame", Code::ReaderDied, "exit code 7");
    row("abort", Code::ReaderDied, "SIGABRT");
    row("closed pipe", Code::ReaderDied, "closed its pipe");
}

void TestFailingReaders::brokenProtocol()
{
    QFETCH(QByteArray, mode);
    QFETCH(exitscope::Code, code);
    QFETCH(QString, words);
    qputenv("EXITSCOPE_FAKE_READER", mode);
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = fake();
    ReaderPool pool(loadOptions, nullptr);
    StreamChannel stream({m_host});
    pool.open({&stream});
    QCOMPARE(stream.state(), State::Open);
    std::vector<Record> records;
    while (!stream.isOver() || stream.hasRecords()) {
        pool.request(stream);
        QVERIFY(pool.waitFor(stream));
        for (const Record &record : stream.takeRecords())
            records.push_back(record);
    }
    QVERIFY(records.size() >= 2); // what came before
    QCOMPARE(records[1].timeNs, Ns(20));
    QCOMPARE(stream.state(), State::Lost);
    const std::vector<PoolFailure> failures = pool.takeFailures({&stream});
    QCOMPARE(failures.size(), std::size_t(1));
    QCOMPARE(failures[0].failure.code, code);
    QVERIFY2(failures[0].failure.cause.contains(words), qPrintable(failures[0].failure.cause));
    QVERIFY(pool.pids().empty());
}

void TestFailingReaders::badAtOnce_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<exitscope::Code>("code");
    QTest::newRow("garbage") << QByteArray("garbage at once") << Code::ReaderBabbled;
    QTest::newRow("bad description") << QByteArray("bad description") << Code::ReaderBabbled;
    QTest::newRow("no clock") << QByteArray("no clock") << Code::ReaderBabbled;
    QTest::newRow("silent") << QByteArray("silent") << Code::ReaderHung;
    QTest::newRow("heartbeats alone") << QByteArray("heartbeats") << Code::ReaderHung;
    QTest::newRow("too many steps") << QByteArray("too many steps") << Code::ReaderBabbled;
}

void TestFailingReaders::badAtOnce()
{
    QFETCH(QByteArray, mode);
    QFETCH(exitscope::Code, code);
    qputenv("EXITSCOPE_FAKE_READER", mode);
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = fake();
    if (code == Code::ReaderHung)
        loadOptions.hangTimeoutMs = 300;
    ReaderPool pool(loadOptions, nullptr);
    StreamChannel stream({m_host, {}, 2000});
    pool.open({&stream});
    QCOMPARE(stream.state(), State::Lost);
    const std::vector<PoolFailure> failures = pool.takeFailures({&stream});
    QCOMPARE(failures.size(), std::size_t(1));
    QCOMPARE(failures[0].failure.code, code);
}

void TestFailingReaders::heartbeatsAreLife()
{
    qputenv("EXITSCOPE_FAKE_READER", "slow"); // 1.5 s of them
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = fake();
    loadOptions.hangTimeoutMs = 1000;
    ReaderPool pool(loadOptions, nullptr);
    StreamChannel stream({m_host});
    pool.open({&stream});
    QCOMPARE(stream.state(), State::Open);
}

// No event of a trace is smaller than a byte, so a reader that tells more of them makes them up.
void TestFailingReaders::endlessRecordsAreBounded()
{
    qputenv("EXITSCOPE_FAKE_READER", "endless");
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = fake();
    ReaderPool pool(loadOptions, nullptr);
    StreamChannel stream({m_host, {}, 2000});
    pool.open({&stream});
    std::size_t count = 0;
    while (!stream.isOver() || stream.hasRecords()) {
        pool.request(stream);
        QVERIFY(pool.waitFor(stream));
        count += stream.takeRecords().size();
        QVERIFY(count < 20'000);
    }
    QCOMPARE(count, std::size_t(8 * wire::kRecordsPerFrame)); // of the 1024 + 4 × 2000 that can be
    const std::vector<PoolFailure> failures = pool.takeFailures({&stream});
    QCOMPARE(failures.size(), std::size_t(1));
    QCOMPARE(failures[0].failure.code, Code::ReaderBabbled);
    QVERIFY(failures[0].failure.cause.contains(QStringLiteral("more records than its files can hold")));
}

void TestFailingReaders::missingProgram()
{
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = m_dir.filePath(QStringLiteral("no-such-program"));
    const Recording recording = loadRecording({m_host}, loadOptions);
    QCOMPARE(codes(recording.diagnostics), QStringList{QStringLiteral("reader-missing")});
    QVERIFY(recording.diagnostics[0].message.contains(loadOptions.readerProgram));
    QCOMPARE(recording.traces.size(), std::size_t(1));
    QVERIFY(recording.hosts.empty());
}

void TestFailingReaders::signalToARealReader_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<bool>("early");
    QTest::addColumn<exitscope::Code>("code");
    QTest::addColumn<QString>("words");
    for (const bool early : {true, false}) {
        const char *when = early ? "opened" : "reading";
        QTest::addRow("killed, %s", when) << SIGKILL << early << Code::ReaderDied << QStringLiteral("SIGKILL");
        QTest::addRow("fault, %s", when) << SIGSEGV << early << Code::ReaderDied << faultWords();
        QTest::addRow("stopped, %s", when) << SIGSTOP << early << Code::ReaderHung << QStringLiteral("no progress");
    }
}

void TestFailingReaders::signalToARealReader()
{
    QFETCH(int, signal);
    QFETCH(bool, early);
    QFETCH(exitscope::Code, code);
    QFETCH(QString, words);
    PrivateDirs dirs;
    QString error;
    StreamChannel stream({dirs.add(m_host, {{m_host + QStringLiteral("/ch_1")}, 0}, error)});
    LoadOptions loadOptions = readerOptions();
    if (code == Code::ReaderHung)
        loadOptions.hangTimeoutMs = 2000; // above the time between heartbeats
    ReaderPool pool(loadOptions, nullptr);
    pool.open({&stream});
    QCOMPARE(stream.state(), State::Open);
    int frames = 0;
    const auto take = [&] {
        pool.request(stream);
        QVERIFY(pool.waitFor(stream));
        frames += stream.takeRecords().empty() ? 0 : 1;
    };
    if (!early)
        take();
    QCOMPARE(pool.pids().size(), std::size_t(1));
    QCOMPARE(::kill(pool.pids()[0], signal), 0);
    while (!stream.isOver() || stream.hasRecords())
        take();
    QCOMPARE(stream.state(), State::Lost);
    QVERIFY(early || frames > 0);
    QVERIFY(frames < framesOf(QStringLiteral("ch_1")));
    const std::vector<PoolFailure> failures = pool.takeFailures({&stream});
    QCOMPARE(failures.size(), std::size_t(1));
    QCOMPARE(failures[0].failure.code, code);
    QVERIFY2(failures[0].failure.cause.contains(words), qPrintable(failures[0].failure.cause));
}

// We do not look for much longer than the time limit: the reader is not to blame.
void TestFailingReaders::slowConsumerIsNoHang()
{
    qputenv("EXITSCOPE_FAKE_READER", "good");
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = fake();
    loadOptions.hangTimeoutMs = 500;
    ReaderPool pool(loadOptions, nullptr);
    StreamChannel stream({m_host});
    pool.open({&stream});
    pool.request(stream);
    QTest::qSleep(1500);
    while (!stream.isOver() || stream.hasRecords()) {
        pool.request(stream);
        QVERIFY(pool.waitFor(stream));
        stream.takeRecords();
    }
    QVERIFY(pool.takeFailures({&stream}).empty());
}

void TestFailingReaders::noReaderIsLeft()
{
    pid_t pid = 0;
    {
        const LoadOptions loadOptions = readerOptions();
        ReaderPool pool(loadOptions, nullptr);
        StreamChannel stream({m_host});
        pool.open({&stream});
        QCOMPARE(pool.pids().size(), std::size_t(1));
        pid = pool.pids()[0];
        QCOMPARE(::kill(pid, 0), 0);
    }
    QCOMPARE(::kill(pid, 0), -1); // killed and reaped
}

void TestFailingReaders::oneStreamOfTwo_data()
{
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("code");
    const int last = framesOf(QStringLiteral("ch_1"));
    for (const auto &[mode, code] : {std::pair("crash", "reader-died"), {"exit", "reader-died"},
             {"garbage", "reader-babbled"}, {"hang", "reader-hung"}})
        for (const int frames : {1, last / 2, last})
            QTest::addRow("%s after %d of %d frames", mode, frames, last)
                << QStringLiteral("export EXITSCOPE_READER_FAULT=%1:%2").arg(QString::fromLatin1(mode)).arg(frames)
                << QString::fromLatin1(code);
    QTest::newRow("nothing but heartbeats")
        << QStringLiteral("export EXITSCOPE_READER_FAULT=beat:%1").arg(last / 2) << QStringLiteral("reader-hung");
}

// Through the whole pipeline: the other stream stays, the first part of this one too; then a retry.
void TestFailingReaders::oneStreamOfTwo()
{
    QFETCH(QString, fault);
    QFETCH(QString, code);
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = wrapper(fault);
    if (code == QLatin1String("reader-hung"))
        loadOptions.hangTimeoutMs = 2000;
    const Recording recording = loadRecording({m_host}, loadOptions);
    const Diagnostic told = theOne(recording.diagnostics, code.toLatin1().constData());
    QCOMPARE(told.path, m_host + QStringLiteral("/ch_1"));
    QVERIFY2(told.message.contains(QStringLiteral("the rest of this stream is lost")), qPrintable(told.message));
    QVERIFY(meansDataLost(told));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    const auto entriesOf = [](const Recording &r) {
        std::vector<Ns> entries;
        for (const Vm &vm : r.hosts[0].vms)
            for (const Vcpu &vcpu : vm.vcpus)
                entries.insert(entries.end(), vcpu.entries.begin(), vcpu.entries.end());
        std::sort(entries.begin(), entries.end());
        return entries;
    };
    const std::vector<Ns> seen = entriesOf(recording);
    const std::vector<Ns> all = entriesOf(m_whole);
    QVERIFY(!seen.empty());
    QVERIFY(std::includes(all.begin(), all.end(), seen.begin(), seen.end()));
    QCOMPARE(fingerprint(loadRecording({m_host}, options())), m_undisturbed);
}

void TestFailingReaders::allStreamsAtTheStart_data()
{
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("code");
    QTest::newRow("killed") << "kill -KILL $$"
                            << "reader-died";
    QTest::newRow("fault") << "kill -SEGV $$"
                           << "reader-died";
    QTest::newRow("garbage") << "echo garbage; exit"
                             << "reader-babbled";
    QTest::newRow("stopped") << "exec sleep 1000"
                             << "reader-hung";
}

// A stream of which nothing came: nobody knows its pCPU, so all vCPUs are Unknown until they are seen again.
void TestFailingReaders::allStreamsAtTheStart()
{
    QFETCH(QString, fault);
    QFETCH(QString, code);
    LoadOptions loadOptions = readerOptions();
    loadOptions.readerProgram = wrapper(fault);
    if (code == QLatin1String("reader-hung"))
        loadOptions.hangTimeoutMs = 3000;
    const Recording recording = loadRecording({m_host}, loadOptions);
    QCOMPARE(theOne(recording.diagnostics, code.toLatin1().constData()).path, m_host + QStringLiteral("/ch_1"));
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QVERIFY(recording.traces[0].used);
    QVERIFY(recording.traces[0].events > 0);
    QVERIFY(recording.traces[0].events < m_whole.traces[0].events);
    QCOMPARE(fingerprint(loadRecording({m_host}, options())), m_undisturbed);
}

// Where streams share a reader, one that ends it when it is opened costs its neighbours nothing.
void TestFailingReaders::sharedReaderDies()
{
    LoadOptions loadOptions = readerOptions();
    loadOptions.maxReaders = 1;
    QCOMPARE(fingerprint(loadRecording({m_host}, loadOptions)), m_undisturbed);
    loadOptions.readerProgram = wrapper(QStringLiteral("exit 5")); // the last of its streams is that of pCPU 1
    const Recording recording = loadRecording({m_host}, loadOptions);
    const Diagnostic told = theOne(recording.diagnostics, "reader-died");
    QCOMPARE(told.path, m_host + QStringLiteral("/ch_1"));
    QCOMPARE(told.count, 1);
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    QVERIFY(recording.traces[0].events > 0);
}

QTEST_GUILESS_MAIN(TestFailingReaders)
#include "tst_failing_readers.moc"
