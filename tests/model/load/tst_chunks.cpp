// SPDX-License-Identifier: GPL-3.0-or-later
#include <thread>

#include "model/load/host_loader.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

// Keeps all that it gets, and how many readers there were meanwhile.
class Keeper : public RecordSink {
public:
    explicit Keeper(const ReaderPool &pool) : m_pool(pool) { }
    std::uint32_t intern(const QString &name) override
    {
        names.append(name);
        return static_cast<std::uint32_t>(names.size() - 1);
    }
    void add(const Record &record) override
    {
        records.push_back(record);
        readers = std::max(readers, m_pool.pids().size());
    }

    QStringList names;
    std::vector<Record> records;
    std::size_t readers = 0;

private:
    const ReaderPool &m_pool;
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
        : m_options(options()), m_pool(m_options, nullptr), m_opener(m_pool, m_privateDirs, diagnostics)
    {
        for (int i = 0; i < count; ++i)
            m_works.push_back(std::make_unique<TraceWork>(
                prepareTrace(written.path("chunk-" + std::to_string(i)), m_privateDirs, diagnostics)));
        std::vector<TraceWork *> all;
        for (const auto &work : m_works)
            all.push_back(work.get());
        m_opener.survey(all);
    }

    Keeper merge(bool inTurn)
    {
        std::vector<HostTrace> traces;
        for (const auto &work : m_works) {
            traces.push_back({work.get(), 0, 0, std::nullopt});
            if (inTurn)
                traces.back().surveyed = TimeRange{*work->info.beginNs, *work->info.endNs};
        }
        Keeper keeper(m_pool);
        HostMerge(m_opener, m_pool, ReadMode::Host).run(traces, {}, keeper);
        m_pool.closeAll();
        return keeper;
    }

    Diagnostics diagnostics;

private:
    LoadOptions m_options;
    PrivateDirs m_privateDirs;
    std::vector<std::unique_ptr<TraceWork>> m_works;
    ReaderPool m_pool;
    TraceOpener m_opener;
};

} // namespace

// Chunks of one session are opened one after the other, and say the same as if all were open.
class TestChunks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameAsAllAtOnce();
    void fewReadersAtOneTime();
    void laterSwitchTellsOfTheBegin();
};

// With all that a stream can begin with: a switch, none at all, lost events.
void TestChunks::sameAsAllAtOnce()
{
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
    const Keeper all = chunks.merge(false);
    const Keeper inTurn = chunks.merge(true);
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
    // That of the chunk, that of the one before it, and those that are being opened ahead.
    QVERIFY(inTurn.readers <= 2 + std::max<std::size_t>(2, std::thread::hardware_concurrency()));
    QCOMPARE(chunks.merge(false).readers, std::size_t(kChunks));
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

QTEST_GUILESS_MAIN(TestChunks)
#include "tst_chunks.moc"
