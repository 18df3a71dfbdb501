// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>

#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include "model/load/host_loader.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

using State = StreamChannel::State;
using Works = std::vector<std::unique_ptr<TraceWork>>;

// Keeps all that it gets, and of how many traces streams were open meanwhile.
class Keeper : public RecordSink {
public:
    explicit Keeper(const Works &works) : m_works(works) { }
    std::uint32_t intern(const QString &name) override
    {
        names.append(name);
        return static_cast<std::uint32_t>(names.size() - 1);
    }
    void add(std::span<const Record> more) override
    {
        records.insert(records.end(), more.begin(), more.end());
        open = std::max(open, std::ranges::count_if(m_works, [](const auto &work) {
            return std::ranges::any_of(work->streams, [](const auto &stream) { return isOpen(stream->channel); });
        }));
    }

    QStringList names;
    std::vector<Record> records;
    std::ptrdiff_t open = 0;

private:
    static bool isOpen(const StreamChannel &channel)
    {
        return channel.hasRecords() || (!channel.isOver() && channel.state() != State::Closed);
    }

    const Works &m_works;
};

// The reader of this build, behind a script that notes what it is started for.
class NotedReaders {
public:
    NotedReaders()
    {
        QFile script(program());
        if (!script.open(QIODevice::WriteOnly))
            throw std::runtime_error(script.errorString().toStdString());
        script.write("#!/bin/sh\necho \"$*\" >>'" + notes().toLocal8Bit()
            + "'\nexec '" EXITSCOPE_BINARY_DIR "/exitscope-reader' \"$@\"\n");
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QString program() const { return m_dir.filePath(QStringLiteral("reader")); }

    // How often the metadata of a trace was parsed: once for each directory that a reader is given.
    int parsed() const
    {
        QFile file(notes());
        if (!file.open(QIODevice::ReadOnly))
            return -1;
        int count = 0;
        for (const QByteArray &line : file.readAll().split('\n')) {
            std::set<QByteArray> directories;
            for (const QByteArray &word : line.split(' '))
                if (word.startsWith('/'))
                    directories.insert(word);
            count += int(directories.size());
        }
        return count;
    }

private:
    QString notes() const { return m_dir.filePath(QStringLiteral("notes")); }

    QTemporaryDir m_dir;
};

QByteArray bytesOf(const Record &record)
{
    QByteArray bytes = QByteArray::number(qint64(record.timeNs)) + " p" + QByteArray::number(record.pcpu) + " t"
        + QByteArray::number(record.tid) + " k" + QByteArray::number(int(record.kind)) + " s"
        + QByteArray::number(record.stream);
    if (record.kind == EventKind::NextSwitch)
        bytes += " at " + QByteArray::number(qint64(record.nextSwitch.atNs));
    if (record.kind == EventKind::Blind)
        bytes += " from begin " + QByteArray::number(record.blind.fromBegin);
    return bytes;
}

// Without where losses end: that one ends with its recording is told of surveyed ones alone.
QList<QByteArray> linesOf(const std::vector<Record> &records)
{
    QList<QByteArray> lines;
    for (const Record &record : records)
        if (record.kind != EventKind::Sighted)
            lines.append(bytesOf(record));
    return lines;
}

// What the traces give, each opened when its time comes or all at once.
class Chunks {
public:
    explicit Chunks(const WrittenRecording &written, int count)
        : m_options(readerOptions()), m_pool(m_options, nullptr), m_opener(m_pool, m_privateDirs, diagnostics)
    {
        for (int i = 0; i < count; ++i)
            m_works.push_back(std::make_unique<TraceWork>(
                prepareTrace(written.path("chunk-" + std::to_string(i)), m_privateDirs, diagnostics)));
        std::vector<TraceWork *> all;
        for (const auto &work : m_works)
            all.push_back(work.get());
        m_opener.survey(all);
    }

    std::vector<pid_t> readers() const { return m_pool.pids(); }

    Keeper merge(bool inTurn, ReadMode mode = ReadMode::Host)
    {
        std::vector<HostTrace> traces;
        for (const auto &work : m_works) {
            traces.push_back({work.get(), 0, 0, std::nullopt});
            if (inTurn)
                traces.back().surveyed = TimeRange{*work->info.beginNs, *work->info.endNs};
        }
        Keeper keeper(m_works);
        HostMerge(m_opener, m_pool, mode).run(traces, {}, keeper);
        m_pool.closeAll();
        return keeper;
    }

    Diagnostics diagnostics;

private:
    LoadOptions m_options;
    PrivateDirs m_privateDirs;
    Works m_works;
    ReaderPool m_pool;
    TraceOpener m_opener;
};

} // namespace

// Chunks of one session are opened one after the other, and say the same as if all were open.
class TestChunks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameAsAllAtOnce_data();
    void sameAsAllAtOnce();
    void fewReadersAtOneTime();
    void laterSwitchTellsOfTheBegin();
    void deadReaderIsReplaced();
    void metadataIsParsedOnce_data();
    void metadataIsParsedOnce();
    void lossOfAGuestEndsWithItsChunk();
    void cancelEndsASurvey();
};

void TestChunks::sameAsAllAtOnce_data()
{
    QTest::addColumn<exitscope::ReadMode>("mode");
    QTest::newRow("host") << ReadMode::Host;
    QTest::newRow("host, all proofs") << ReadMode::HostAllProofs;
    QTest::newRow("guest") << ReadMode::Guest;
}

// With all that a stream can begin with: a switch, none at all, lost events.
void TestChunks::sameAsAllAtOnce()
{
    QFETCH(exitscope::ReadMode, mode);
    WrittenRecording written;
    written.add("10 p0 sched_switch prev_tid=0 next_tid=31\n20 p0 kvm_entry tid=31\n30 p0 kvm_exit reason=10 isa=1 "
                "tid=31\n15 p1 other:rcu_utilization tid=7\n",
        "chunk-0", [](CtfOptions &options) { options.declared = {"sched_switch"}; });
    written.add("40 p0 kvm_entry tid=31\n50 p0 kvm_exit reason=10 isa=1 tid=31\npacket p0\nlose p0 3\n"
                "60 p0 sched_switch prev_tid=31 prev_state=1 next_tid=5\n45 p1 sched_switch prev_tid=9 next_tid=0\n",
        "chunk-1");
    written.add("lose p0 2\n70 p0 kvm_entry tid=31\n72 p0 sched_switch prev_tid=4 next_tid=31\npacket p0\n"
                "80 p0 kvm_exit reason=10 isa=1 tid=31\n71 p1 sched_switch prev_tid=0 next_tid=8\n",
        "chunk-2");
    Chunks chunks(written, 3);
    const Keeper inTurn = chunks.merge(true, mode); // by the readers that surveyed them
    const Keeper all = chunks.merge(false, mode);
    QVERIFY(all.records.size() > 15);
    QCOMPARE(linesOf(inTurn.records), linesOf(all.records));
    QCOMPARE(codes(chunks.diagnostics), QStringList());
}

void TestChunks::fewReadersAtOneTime()
{
    constexpr int kChunks = 16;
    WrittenRecording written;
    for (int i = 0; i < kChunks; ++i) {
        std::string script;
        for (int event = 1; event < 2000; event += 2)
            script += std::to_string(i * 10'000 + event) + " p0 kvm_entry tid=31\n"
                + std::to_string(i * 10'000 + event + 1) + " p0 kvm_exit reason=10 isa=1 tid=31\n";
        written.add(script, "chunk-" + std::to_string(i));
    }
    Chunks chunks(written, kChunks);
    const Keeper inTurn = chunks.merge(true);
    QCOMPARE(inTurn.records.size(), std::size_t(kChunks * 2000));
    // That chunk, the one before it, and those that are being opened ahead.
    QVERIFY(inTurn.open <= 2 + std::ptrdiff_t(std::max(2u, std::thread::hardware_concurrency())));
    QCOMPARE(chunks.merge(false).open, std::ptrdiff_t(kChunks));
}

// Nothing in the first chunk says who is on p0; the first switch there, in the second one, does.
void TestChunks::laterSwitchTellsOfTheBegin()
{
    const char *const kFirst
        = "10 p1 kvm_entry tid=32\n20 p1 kvm_exit reason=10 isa=1 tid=32\n25 p0 other:rcu_utilization\n";
    const char *const kSecond = "40 p0 kvm_exit reason=10 isa=1\n50 p0 sched_switch prev_tid=31 next_tid=0\n"
                                "60 p0 sched_switch prev_tid=0 next_tid=31\n70 p0 kvm_entry\n";
    const RecordedFields noContexts{.tid = false, .pid = false, .procname = false};
    const auto declare = [](CtfOptions &options) { options.declared = {"sched_switch"}; };
    WrittenRecording chunks;
    const Recording inTurn
        = chunks.add(kFirst, "chunk-0", declare, noContexts).add(kSecond, "chunk-1", {}, noContexts).load();
    WrittenRecording whole;
    const Recording atOnce = whole.add(std::string(kFirst) + kSecond, "host", {}, noContexts).load();
    const auto lines
        = [](const Recording &recording) { return timelineText(recording.hosts.at(0), recording.reasons, {}); };
    QCOMPARE(lines(inTurn), lines(atOnce));
    QCOMPARE(lines(inTurn).value(0), QStringLiteral("vm/0: 10 Unknown, 40 Kvm p0, 50 Preempted, 60 Kvm p0, 70"));
}

// Memory may be wanted for something else just when nobody reads.
void TestChunks::deadReaderIsReplaced()
{
    WrittenRecording written;
    written.add("10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n", "chunk-0");
    written.add("30 p0 kvm_entry tid=31\n40 p0 kvm_exit reason=10 isa=1 tid=31\n", "chunk-1");
    Chunks chunks(written, 2);
    const std::vector<pid_t> readers = chunks.readers();
    QCOMPARE(readers.size(), std::size_t(2));
    for (const pid_t reader : readers) {
        QCOMPARE(::kill(reader, SIGKILL), 0);
        siginfo_t info;
        QCOMPARE(::waitid(P_PID, static_cast<id_t>(reader), &info, WEXITED | WNOWAIT), 0);
    }
    const Keeper inTurn = chunks.merge(true);
    QCOMPARE(inTurn.records.size(), std::size_t(4));
    QCOMPARE(codes(chunks.diagnostics), QStringList());
}

void TestChunks::metadataIsParsedOnce_data()
{
    QTest::addColumn<int>("chunks");
    QTest::addColumn<QByteArray>("events");
    QTest::addColumn<int>("maxReaders");
    // Behind the number of the chunk.
    const QByteArray host = "1 p0 kvm_entry tid=31\n2 p0 kvm_exit reason=10 isa=1 tid=31\n"
                            "3 p1 sched_switch prev_tid=0 next_tid=1\n";
    const QByteArray guest = "1 p0 sched_switch prev_tid=0 next_tid=31\n2 p1 sched_switch prev_tid=0 next_tid=31\n";
    QTest::newRow("host, one") << 1 << host << 32;
    QTest::newRow("host") << 3 << host << 32;
    QTest::newRow("host, more chunks than readers") << 12 << host << 2;
    QTest::newRow("guest") << 3 << guest << 32;
    QTest::newRow("guest, more chunks than readers") << 12 << guest << 2;
}

// It takes longer than all else, and it was parsed to describe, to survey and to read a chunk.
void TestChunks::metadataIsParsedOnce()
{
    QFETCH(int, chunks);
    QFETCH(QByteArray, events);
    QFETCH(int, maxReaders);
    WrittenRecording written;
    for (int i = 0; i < chunks; ++i) {
        std::string script;
        for (const QByteArray &event : events.trimmed().split('\n'))
            script += std::to_string(i + 1) + event.toStdString() + '\n';
        written.add(script, "chunk-" + std::to_string(i));
    }
    const NotedReaders noted;
    LoadOptions loadOptions;
    loadOptions.source = SourceChoice::Reader;
    loadOptions.readerProgram = noted.program();
    loadOptions.maxReaders = maxReaders;
    qint64 done = 0;
    const auto progress = [&](const LoadProgress &now) {
        QVERIFY(now.bytesDone >= done && now.bytesDone <= now.bytesTotal);
        done = now.bytesDone;
    };
    const Recording recording = loadRecording({written.path()}, loadOptions, progress);
    QCOMPARE(recording.hosts.size() + recording.guests.size(), std::size_t(1));
    QCOMPARE(recording.traces.size(), std::size_t(chunks));
    for (const TraceInfo &trace : recording.traces)
        QCOMPARE(trace.events, std::int64_t(events.count('\n')));
    QVERIFY(done > 0);
    QCOMPARE(noted.parsed(), chunks);
}

// As of a host: what is behind the last whole packet of a chunk says nothing of the chunks that follow.
void TestChunks::lossOfAGuestEndsWithItsChunk()
{
    WrittenRecording written;
    written.add("10 p0 sched_switch prev_tid=0 next_tid=31\npacket p0\n20 p0 sched_switch prev_tid=31 next_tid=0\n"
                "15 p1 sched_switch prev_tid=0 next_tid=32\n25 p1 sched_switch prev_tid=32 next_tid=0\n",
        "chunk-0");
    written.add("50 p0 sched_switch prev_tid=0 next_tid=31\n60 p0 sched_switch prev_tid=31 next_tid=0\n", "chunk-1");
    QFile stream(written.path("chunk-0") + QStringLiteral("/ch_0"));
    QVERIFY(stream.resize(stream.size() - 100));
    const Recording recording = written.load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    QCOMPARE(recording.guests[0].traces.size(), std::size_t(2));
    const std::vector<TimeRange> &lost = recording.guests[0].cpus.at(0).lost;
    QCOMPARE(lost.size(), std::size_t(1));
    QCOMPARE(lost[0].from, Ns(10));
    QCOMPARE(lost[0].to, Ns(25)); // the last event of its chunk
}

// Whatever its readers do: they hang, and may do so for a minute.
void TestChunks::cancelEndsASurvey()
{
    WrittenRecording written;
    for (const char *name : {"chunk-0", "chunk-1"})
        written.add("10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n", name);
    const QTemporaryDir directory;
    const QString note = directory.filePath(QStringLiteral("hangs"));
    qputenv("EXITSCOPE_READER_FAULT", "hang:survey");
    qputenv("EXITSCOPE_READER_NOTE", QFile::encodeName(note));
    LoadOptions loadOptions;
    loadOptions.source = SourceChoice::Reader;
    loadOptions.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/faulty_reader");
    loadOptions.hangTimeoutMs = 60'000;
    std::atomic<bool> cancel{false};
    QElapsedTimer sinceCancel;
    const auto progress = [&](const LoadProgress &) {
        if (!cancel && QFile::exists(note)) {
            sinceCancel.start();
            cancel = true;
        }
    };
    const Recording recording = loadRecording({written.path()}, loadOptions, progress, &cancel);
    qunsetenv("EXITSCOPE_READER_FAULT");
    qunsetenv("EXITSCOPE_READER_NOTE");
    QVERIFY(sinceCancel.isValid());
    QVERIFY2(sinceCancel.elapsed() < 20'000, qPrintable(QString::number(sinceCancel.elapsed())));
    QVERIFY(recording.hosts.empty());
}

QTEST_GUILESS_MAIN(TestChunks)
#include "tst_chunks.moc"
