// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/merge.h"

#include <QtTest>

#include <algorithm>
#include <memory>
#include <random>

using namespace exitscope;

namespace {

class CollectingSink : public RecordSink {
public:
    std::uint32_t intern(const QString &name) override
    {
        names.append(name);
        return static_cast<std::uint32_t>(names.size() - 1);
    }
    void add(std::span<const Record> more) override { records.insert(records.end(), more.begin(), more.end()); }

    std::vector<Record> records;
    QStringList names;
};

// Gives its records in batches of random sizes.
class BatchedSource : public RecordSource {
public:
    BatchedSource(std::vector<Record> records, std::mt19937 &random) : m_records(std::move(records)), m_random(random)
    {
    }

    std::vector<Record> nextBatch() override
    {
        const auto left = static_cast<std::ptrdiff_t>(m_records.size()) - m_at;
        const auto count = std::min<std::ptrdiff_t>(left, std::uniform_int_distribution<>(1, 50)(m_random));
        const auto begin = m_records.begin() + m_at;
        m_at += count;
        return {begin, begin + count};
    }

private:
    std::vector<Record> m_records;
    std::ptrdiff_t m_at = 0;
    std::mt19937 &m_random;
};

// Rests until a time, and notes how much the sink had when it was asked for what it has.
class RestingSource : public MemorySource {
public:
    RestingSource(Ns until, std::vector<Record> records, const CollectingSink &sink)
        : MemorySource(std::move(records)), m_until(until), m_sink(sink)
    {
    }
    Ns restsUntil() const override { return before < 0 ? m_until : kNoTime; }
    std::vector<Record> nextBatch() override
    {
        if (before < 0)
            before = static_cast<qsizetype>(m_sink.records.size());
        return MemorySource::nextBatch();
    }

    qsizetype before = -1;

private:
    Ns m_until;
    const CollectingSink &m_sink;
};

Record record(Ns time, std::int32_t pcpu, std::int32_t tid)
{
    Record result;
    result.timeNs = time;
    result.pcpu = pcpu;
    result.tid = tid;
    return result;
}

std::vector<Record> merged(const std::vector<RecordSource *> &sources)
{
    CollectingSink sink;
    Merge merge(sources, sink);
    merge.begin();
    while (!merge.atEnd())
        merge.step();
    return sink.records;
}

QList<std::int32_t> tids(const std::vector<Record> &records)
{
    QList<std::int32_t> result;
    for (const Record &r : records)
        result.append(r.tid);
    return result;
}

} // namespace

class TestMerge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothing();
    void timeThenPcpuThenSourceThenPosition();
    void unknownForAllComesLastOfItsTime();
    void knownForAllComesFirstOfItsTime();
    void firstRecordsCanBeAmended();
    void randomStreams_data();
    void randomStreams();
    void restingSources();
};

void TestMerge::nothing()
{
    MemorySource empty({});
    QVERIFY(merged({}).empty());
    QVERIFY(merged({&empty}).empty());
}

void TestMerge::timeThenPcpuThenSourceThenPosition()
{
    MemorySource a({record(5, 1, 10), record(5, 1, 11), record(7, 1, 12)});
    MemorySource b({record(5, 0, 20), record(6, 0, 21), record(7, 0, 22)});
    MemorySource c({record(5, 1, 30)});
    QCOMPARE(tids(merged({&a, &b, &c})), (QList<std::int32_t>{20, 10, 11, 30, 21, 22, 12}));
}

void TestMerge::unknownForAllComesLastOfItsTime()
{
    Record blind = record(5, kNoPcpu, 1);
    blind.kind = EventKind::Blind;
    MemorySource gap({blind});
    MemorySource events({record(5, 3, 2), record(6, 3, 3)});
    QCOMPARE(tids(merged({&gap, &events})), (QList<std::int32_t>{2, 1, 3}));
}

// What begins where no pCPU is seen ends before all events of its time.
void TestMerge::knownForAllComesFirstOfItsTime()
{
    Record sighted = record(5, kNoPcpu, 1);
    sighted.kind = EventKind::Sighted;
    MemorySource events({record(5, 0, 2), record(5, 1, 3)});
    MemorySource gap({sighted});
    QCOMPARE(tids(merged({&events, &gap})), (QList<std::int32_t>{1, 2, 3}));
}

void TestMerge::firstRecordsCanBeAmended()
{
    MemorySource a({record(5, 0, 1), record(7, 0, 2)});
    MemorySource b({record(6, 0, 3), record(8, 0, 4)});
    MemorySource empty({});
    CollectingSink sink;
    Merge merge({&a, &empty, &b}, sink);
    merge.begin([](std::span<const Merge::First> first) {
        QCOMPARE(first.size(), std::size_t(2));
        QCOMPARE(first[1].source, std::size_t(2));
        first[1].record->timeNs = 4;
    });
    QCOMPARE(merge.nextTime(), Ns(4));
    while (!merge.atEnd())
        merge.step();
    QCOMPARE(tids(sink.records), (QList<std::int32_t>{3, 1, 2, 4}));
}

void TestMerge::randomStreams_data()
{
    QTest::addColumn<int>("streams");
    QTest::addColumn<int>("step");
    for (const int streams : {1, 2, 3, 8, 200})
        for (const int step : {0, 1, 3, 1000})
            QTest::addRow("%d streams, steps up to %d", streams, step) << streams << step;
}

// Against a stable sort of all records together.
void TestMerge::randomStreams()
{
    QFETCH(int, streams);
    QFETCH(int, step);
    std::mt19937 random(static_cast<unsigned>(streams * 10'000 + step));
    std::vector<std::unique_ptr<BatchedSource>> sources;
    std::vector<RecordSource *> pointers;
    std::vector<Record> expected;
    std::int32_t serial = 0;
    for (int i = 0; i < streams; ++i) {
        std::vector<Record> records;
        Ns time = std::uniform_int_distribution<>(0, 20)(random);
        const int count = std::uniform_int_distribution<>(0, 300)(random);
        for (int k = 0; k < count; ++k) {
            time += std::uniform_int_distribution<>(0, step)(random);
            records.push_back(record(time, i % 5, serial++)); // two channels of one pCPU, too
        }
        expected.insert(expected.end(), records.begin(), records.end());
        sources.push_back(std::make_unique<BatchedSource>(std::move(records), random));
        pointers.push_back(sources.back().get());
    }
    std::stable_sort(expected.begin(), expected.end(),
        [](const Record &a, const Record &b) { return std::pair(a.timeNs, a.pcpu) < std::pair(b.timeNs, b.pcpu); });
    QCOMPARE(tids(merged(pointers)), tids(expected));
}

// They are asked when their time comes, before all else of that time, and not at all if nothing comes of them.
void TestMerge::restingSources()
{
    CollectingSink sink;
    MemorySource first({record(10, 0, 1), record(20, 0, 2), record(30, 0, 3)});
    RestingSource later(20, {record(20, 1, 4), record(25, 1, 5)}, sink);
    RestingSource empty(30, {}, sink);
    RestingSource behind(40, {record(40, 0, 6)}, sink);
    Merge merge({&behind, &first, &later, &empty}, sink);
    merge.begin([&](std::span<const Merge::First> firsts) { QCOMPARE(firsts.size(), std::size_t(1)); });
    QCOMPARE(merge.nextTime(), Ns(10));
    while (!merge.atEnd())
        merge.step();
    QCOMPARE(tids(sink.records), (QList<std::int32_t>{1, 2, 4, 5, 3, 6}));
    QCOMPARE(later.before, qsizetype(1));
    QCOMPARE(empty.before, qsizetype(4));
    QCOMPARE(behind.before, qsizetype(5));
}

QTEST_GUILESS_MAIN(TestMerge)
#include "tst_merge.moc"
