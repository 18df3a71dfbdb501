// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <tuple>
#include <vector>

#include "model/record/stream_recorder.h"

using namespace exitscope;

// Events that a source goes over, because nothing is told of them, leave no other trace than if they had been told.
class TestStreamRecorder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void untoldEventsTellNothing_data();
    void untoldEventsTellNothing();
    void countersThatStepBack();
    void longNamesAreToldOnce();
};

namespace {

struct Item {
    enum class Kind { Event, Discarded, DiscardedPackets, PacketEnd } kind = Kind::Event;
    Ns timeNs = 0;
    EventClass what;
    EventTold told;
};

constexpr std::array<std::string_view, 3> kNames{"one", "two", "three"};

EventClass randomClass(std::mt19937 &random)
{
    EventClass what;
    const auto dice = random() % 40;
    what.kind = dice < 2 ? EventKind::VmEntry
        : dice < 4       ? EventKind::SchedSwitch
        : dice < 5       ? EventKind::ThreadExit
        : dice < 6       ? EventKind::ThreadInfo
        : dice < 7       ? EventKind::UserspaceExit
                         : EventKind::HostProof;
    what.provesHost = random() % 8 != 0;
    return what;
}

std::vector<Item> randomStream(std::mt19937 &random)
{
    std::vector<Item> items;
    Ns time = 1000;
    std::uint32_t thread = 0;
    for (int i = 0; i < 400; ++i) {
        Item item;
        const auto dice = random() % 60;
        item.kind = dice == 0 ? Item::Kind::Discarded
            : dice == 1       ? Item::Kind::DiscardedPackets
            : dice < 9        ? Item::Kind::PacketEnd // some packets are empty
                              : Item::Kind::Event;
        // Most are later than the one before, some are of the same time, or before it.
        time += random() % 12 == 0 ? -Ns(random() % 3) : Ns(random() % 20);
        item.timeNs = time;
        item.what = randomClass(random);
        if (random() % 10 == 0)
            thread = random() % 4;
        item.told.tid = thread == 3 ? kNoThread : std::int32_t(10 + thread);
        item.told.pid = 10;
        item.told.procname = kNames[random() % 30 == 0 ? random() % 3 : thread % 3];
        item.told.numbers = {10 + std::int64_t(random() % 3), 10 + std::int64_t(random() % 3), 0, 0, 0, 0};
        item.told.has = {true, true, true, false, false, false};
        if (item.what.kind == EventKind::SchedSwitch)
            item.told.texts[field::PrevComm] = kNames[random() % 3];
        if (item.what.kind == EventKind::ThreadInfo)
            item.told.texts[field::ThreadName] = kNames[random() % 3];
        const bool isLoss = item.kind == Item::Kind::Discarded || item.kind == Item::Kind::DiscardedPackets;
        if (isLoss) // between two packets
            items.push_back({Item::Kind::PacketEnd, time, {}, {}});
        items.push_back(item);
    }
    items.push_back({Item::Kind::PacketEnd, time, {}, {}});
    return items;
}

struct Outcome {
    std::vector<Record> records;
    std::string names;
    wire::Summary summary;
    int untold = 0;
};

// Between them lie bytes of no meaning.
auto valuesOf(const wire::Summary &s)
{
    return std::tuple(s.events, s.discardedEvents, s.discardedPackets, s.uncountedLosses, s.repeatedEvents, s.packets,
        s.stepsBack, s.beginNs, s.endNs, s.richness, s.pcpu, s.beginsWithSwitch, s.switchTid, s.switchPcpu, s.switchNs);
}

class Telling {
public:
    Telling(StreamRecorder::Options options, bool isSurvey, bool goesOver) : m_recorder(options), m_goesOver(goesOver)
    {
        if (isSurvey)
            m_recorder.omitRecords();
    }

    Outcome of(const std::vector<Item> &items)
    {
        for (const Item &item : items)
            tell(item);
        m_recorder.end();
        take();
        m_outcome.summary = m_recorder.summary();
        return m_outcome;
    }

private:
    void tell(const Item &item)
    {
        switch (item.kind) {
        case Item::Kind::Discarded:
            m_recorder.discardedEvents(3);
            break;
        case Item::Kind::DiscardedPackets:
            m_recorder.discardedPackets(1);
            break;
        case Item::Kind::PacketEnd:
            m_recorder.packetEnd();
            m_recorder.packetBegin(item.timeNs % 3);
            break;
        case Item::Kind::Event:
            event(item);
            break;
        }
        if (item.timeNs % 7 == 0)
            take();
    }

    void event(const Item &item)
    {
        const std::uint32_t kinds = 1u << (item.timeNs % 3);
        const StreamRecorder::Untold untold = m_recorder.untold();
        const bool isPlain = item.what.kind == EventKind::HostProof && m_last && m_last->told.tid == item.told.tid
            && m_last->told.pid == item.told.pid && m_last->told.procname == item.told.procname
            && (item.what.provesHost ? untold.proofs : untold.others);
        if (m_goesOver && m_last && item.timeNs > m_latest && (untold.all || isPlain)) {
            m_recorder.untoldEvents(1, item.timeNs, kinds);
            ++m_outcome.untold;
        } else {
            m_recorder.eventAt(item.timeNs, kinds);
            if (!m_recorder.omitsRecords())
                m_recorder.event(item.what, item.told);
            m_last = &item;
        }
        m_latest = std::max(m_latest, item.timeNs);
    }

    void take()
    {
        m_outcome.names += m_recorder.takeNewNames();
        const std::vector<Record> ready = m_recorder.takeReady();
        m_outcome.records.insert(m_outcome.records.end(), ready.begin(), ready.end());
    }

    StreamRecorder m_recorder;
    bool m_goesOver;
    const Item *m_last = nullptr; // that was told
    Ns m_latest = 0;
    Outcome m_outcome;
};

} // namespace

void TestStreamRecorder::untoldEventsTellNothing_data()
{
    QTest::addColumn<StreamRecorder::Options>("options");
    QTest::addColumn<bool>("isSurvey");
    for (const Plain plain : {Plain::FirstProofs, Plain::AllProofs, Plain::All})
        for (const bool hasSwitches : {false, true})
            for (const bool elsewhere : {false, true})
                for (const bool isSurvey : {false, true}) {
                    StreamRecorder::Options options;
                    options.plain = plain;
                    options.hasSwitches = hasSwitches;
                    options.switchesElsewhere = elsewhere;
                    options.nextSwitch = [](std::uint64_t event) {
                        return StreamTeller::NextSwitch{std::int32_t(event % 5), kEndOfRecording - 1};
                    };
                    QTest::addRow(
                        "plain %d, switches %d, elsewhere %d, survey %d", int(plain), hasSwitches, elsewhere, isSurvey)
                        << options << isSurvey;
                }
}

void TestStreamRecorder::untoldEventsTellNothing()
{
    QFETCH(StreamRecorder::Options, options);
    QFETCH(bool, isSurvey);
    int untold = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const std::vector<Item> items = randomStream(random);
        const Outcome all = Telling(options, isSurvey, false).of(items);
        const Outcome some = Telling(options, isSurvey, true).of(items);
        untold += some.untold;
        QCOMPARE(some.names, all.names);
        QCOMPARE(some.records.size(), all.records.size());
        for (std::size_t i = 0; i < all.records.size(); ++i)
            QVERIFY2(std::memcmp(&some.records[i], &all.records[i], sizeof(Record)) == 0,
                qPrintable(QStringLiteral("seed %1, record %2").arg(seed).arg(i)));
        QVERIFY(valuesOf(some.summary) == valuesOf(all.summary));
    }
    if (isSurvey || options.plain == Plain::FirstProofs)
        QVERIFY2(untold > 200 * 20, qPrintable(QString::number(untold)));
}

// A damaged or restarted tracer's: something was lost, and nobody knows how much.
void TestStreamRecorder::countersThatStepBack()
{
    StreamRecorder recorder({});
    recorder.packetBegin(2);
    recorder.eventAt(5, 0);
    recorder.event({.kind = EventKind::UserspaceExit}, {});
    recorder.packetEnd();
    recorder.discardedEvents(std::uint64_t(0) - 4);
    recorder.discardedPackets(std::uint64_t(0) - 1);
    recorder.packetBegin(2);
    recorder.eventAt(9, 0);
    recorder.event({.kind = EventKind::UserspaceExit}, {});
    recorder.packetEnd();
    recorder.end();
    QCOMPARE(recorder.summary().discardedEvents, std::uint64_t(0));
    QCOMPARE(recorder.summary().discardedPackets, std::uint64_t(0));
    QCOMPARE(recorder.summary().stepsBack, std::uint64_t(2));
    const std::vector<Record> told = recorder.takeReady();
    QCOMPARE(std::ranges::count(told, EventKind::Blind, &Record::kind), std::ptrdiff_t(1));
}

void TestStreamRecorder::longNamesAreToldOnce()
{
    StreamRecorder recorder({});
    recorder.packetBegin(2);
    const std::string name(300, 'n');
    for (Ns time = 5; time < 8; ++time) {
        recorder.eventAt(time, 0);
        EventTold told;
        told.tid = told.pid = 7;
        told.procname = name;
        recorder.event({.kind = EventKind::UserspaceExit}, told);
    }
    recorder.end();
    const std::vector<Record> told = recorder.takeReady();
    QCOMPARE(std::ranges::count(told, EventKind::ThreadInfo, &Record::kind), std::ptrdiff_t(1));
    QCOMPARE(recorder.takeNewNames().size(), 2 * sizeof(std::uint32_t) + wire::kMaxName);
}

QTEST_GUILESS_MAIN(TestStreamRecorder)
#include "tst_stream_recorder.moc"
