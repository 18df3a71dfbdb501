// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/record/stream_teller.h"

using namespace exitscope;

// What a stream tells beside its events, where it stands among them, and when it is final.
class TestStreamTeller : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nextSwitchAtTheBegin();
    void streamOfOneEvent();
    void withoutSwitches();
    void lostPacket();
    void lostEventsHoldTheTailBack();
    void lostEventsOfAShortPacket();
    void lossBeforeTheFirstEvent();
    void lossWithoutEvents();
    void everySwitchTellsTheNext();
    void nextSwitchOfAStretchIsToldOnce();
    void plainEvents_data();
    void plainEvents();
    void placesAfterTaking();
};

namespace {

constexpr std::int32_t kPcpu = 3;

Record proof(std::int32_t tid = kNoThread, bool provesHost = true)
{
    Record record;
    record.tid = tid;
    record.provesHost = provesHost;
    return record;
}

Record of(EventKind kind, std::int32_t tid = 31)
{
    Record record;
    record.kind = kind;
    record.tid = tid;
    return record;
}

Record switchTo(std::int32_t next, std::int32_t prev = 9)
{
    Record record = of(EventKind::SchedSwitch, prev);
    record.switched = {0, prev, next};
    return record;
}

void tell(StreamTeller &teller, Ns timeNs, const Record &record = of(EventKind::UserspaceExit))
{
    teller.beginEvent(timeNs, kPcpu);
    teller.endEvent(record);
}

QString text(const Record &record)
{
    const QString time = QString::number(record.timeNs) + QLatin1Char(' ');
    switch (record.kind) {
    case EventKind::Blind:
        return time + (record.blind.fromBegin ? QStringLiteral("blind from the begin") : QStringLiteral("blind"))
            + (record.blind.ofSwitches ? QStringLiteral(", switches") : QString());
    case EventKind::Sighted:
        return time + QStringLiteral("sighted");
    case EventKind::NextSwitch:
        return time + QStringLiteral("next %1 at %2").arg(record.tid).arg(record.nextSwitch.atNs);
    case EventKind::ThreadInfo:
        return time + QStringLiteral("thread %1").arg(record.tid);
    case EventKind::SchedSwitch:
        return time + QStringLiteral("to %1").arg(record.switched.nextTid);
    case EventKind::HostProof:
        return time + QStringLiteral("proof %1").arg(record.tid);
    default:
        return time + QStringLiteral("event");
    }
}

QStringList settled(const StreamTeller &teller)
{
    QStringList texts;
    for (std::size_t i = 0; i < teller.settled(); ++i)
        texts << text(teller.records()[i]);
    return texts;
}

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromLatin1(text);
    return result;
}

StreamTeller::Options withSwitches(std::map<std::uint64_t, StreamTeller::NextSwitch> behind)
{
    StreamTeller::Options options;
    options.hasSwitches = true;
    options.nextSwitch = [behind](std::uint64_t event) {
        const auto found = behind.find(event);
        return found == behind.end() ? StreamTeller::NextSwitch{99, 9999} : found->second;
    };
    return options;
}

} // namespace

void TestStreamTeller::nextSwitchAtTheBegin()
{
    StreamTeller teller(withSwitches({{0, {31, 70}}}));
    tell(teller, 5);
    QCOMPARE(settled(teller), list({"5 next 31 at 70", "5 event"}));
    tell(teller, 6);
    QCOMPARE(settled(teller), list({"5 next 31 at 70", "5 event", "6 event"}));
    for (const Record &record : teller.records())
        QCOMPARE(record.pcpu, kPcpu);
}

// What is told at the begin is told once, also if nothing follows.
void TestStreamTeller::streamOfOneEvent()
{
    StreamTeller teller(withSwitches({}));
    tell(teller, 5);
    QCOMPARE(settled(teller), list({"5 next 99 at 9999", "5 event"}));
    teller.packetEnd();
    QCOMPARE(settled(teller), list({"5 next 99 at 9999", "5 event"}));
    teller.takeSettled();
    teller.packetEnd();
    teller.end(kPcpu);
    QCOMPARE(settled(teller), QStringList());
}

void TestStreamTeller::withoutSwitches()
{
    StreamTeller::Options options;
    options.nextSwitch
        = [](std::uint64_t) -> StreamTeller::NextSwitch { qFatal("asked a stream without sched_switch"); };
    StreamTeller teller(options);
    tell(teller, 5);
    teller.packetEnd();
    teller.discardedPackets();
    tell(teller, 9);
    QCOMPARE(settled(teller), list({"5 event", "5 blind", "9 sighted", "9 event"}));
}

// The stretch lies between two events; who is there behind it is told before it ends.
void TestStreamTeller::lostPacket()
{
    StreamTeller teller(withSwitches({{0, {kNoThread, 6}}, {2, {32, 80}}}));
    tell(teller, 5);
    tell(teller, 6);
    teller.packetEnd();
    teller.discardedPackets();
    tell(teller, 20);
    QCOMPARE(settled(teller),
        list({"5 next -1 at 6", "5 event", "6 event", "6 blind, switches", "20 next 32 at 80", "20 sighted",
            "20 event"}));
}

// Of a packet that lost events the last 10 that are there are final only when it ends: a stretch may begin before them.
void TestStreamTeller::lostEventsHoldTheTailBack()
{
    StreamTeller teller;
    tell(teller, 5);
    teller.packetEnd();
    teller.discardedEvents();
    for (Ns t = 10; t < 20; ++t)
        tell(teller, t);
    QCOMPARE(settled(teller), list({"5 event", "5 blind"}));
    tell(teller, 20);
    QCOMPARE(settled(teller), list({"5 event", "5 blind", "10 sighted", "10 event"}));
    tell(teller, 21);
    tell(teller, 22);
    QCOMPARE(settled(teller), list({"5 event", "5 blind", "10 sighted", "10 event", "11 event", "12 event"}));
    teller.packetEnd();
    QStringList expected = list({"5 event", "5 blind", "10 sighted", "10 event", "11 event", "12 event", "12 blind"});
    for (int t = 13; t <= 22; ++t)
        expected << QStringLiteral("%1 event").arg(t);
    QCOMPARE(settled(teller), expected);
    tell(teller, 30);
    QCOMPARE(settled(teller), expected + list({"30 sighted", "30 event"}));
}

// All of it is doubtful: the stretch before it goes on.
void TestStreamTeller::lostEventsOfAShortPacket()
{
    StreamTeller teller;
    tell(teller, 5);
    teller.packetEnd();
    teller.discardedEvents();
    tell(teller, 10);
    tell(teller, 11);
    teller.packetEnd();
    QCOMPARE(settled(teller), list({"5 event", "5 blind", "10 event", "11 event"}));
    teller.end(kPcpu);
    QCOMPARE(settled(teller), list({"5 event", "5 blind", "10 event", "11 event"}));
}

void TestStreamTeller::lossBeforeTheFirstEvent()
{
    StreamTeller teller(withSwitches({{0, {33, 90}}}));
    teller.discardedPackets();
    QCOMPARE(teller.records().size(), std::size_t(0));
    tell(teller, 5);
    QCOMPARE(settled(teller), list({"5 blind from the begin, switches", "5 next 33 at 90", "5 sighted", "5 event"}));
}

void TestStreamTeller::lossWithoutEvents()
{
    StreamTeller teller;
    teller.discardedEvents();
    teller.packetEnd();
    teller.end(kPcpu);
    QCOMPARE(settled(teller), list({"0 blind from the begin"}));
}

void TestStreamTeller::everySwitchTellsTheNext()
{
    StreamTeller::Options options = withSwitches({{0, {9, 10}}, {1, {31, 20}}, {3, {kNoThread, kEndOfRecording}}});
    options.everySwitch = true;
    StreamTeller teller(options);
    tell(teller, 10, switchTo(31));
    tell(teller, 15);
    tell(teller, 20, switchTo(9, 31));
    const QString end = QStringLiteral("20 next -1 at %1").arg(kEndOfRecording);
    QCOMPARE(settled(teller),
        list({"10 next 9 at 10", "10 to 31", "10 next 31 at 20", "15 event", "20 to 9"}) + QStringList{end});
}

// The last event before a stretch is a switch: what follows the stretch is told at its end, and not once more.
void TestStreamTeller::nextSwitchOfAStretchIsToldOnce()
{
    StreamTeller::Options options = withSwitches({{0, {9, 10}}, {1, {kNoThread, 10}}});
    options.everySwitch = true;
    StreamTeller teller(options);
    tell(teller, 10, switchTo(31));
    teller.packetEnd();
    teller.discardedPackets();
    tell(teller, 30);
    QCOMPARE(settled(teller).count(QStringLiteral("30 sighted")), 1);
    QCOMPARE(settled(teller).filter(QStringLiteral("30 next")).size(), 1);
}

void TestStreamTeller::plainEvents_data()
{
    QTest::addColumn<int>("plain");
    QTest::addColumn<QStringList>("expected");
    // The proofs are numbered by their times; 16 proves nothing.
    QTest::newRow("first proofs after an entry") << int(Plain::FirstProofs) << list({"17 proof 31"});
    QTest::newRow("entries elsewhere") << int(Plain::AllProofs)
                                       << list({"11 proof 31", "17 proof 31", "18 proof 31", "21 proof 31"});
    QTest::newRow("a guest's") << int(Plain::All)
                               << list({"11 proof 31", "16 proof 31", "17 proof 31", "18 proof 31", "21 proof 31"});
}

// Thread 31 is there, as sched_switch told; what another one shows is news.
void TestStreamTeller::plainEvents()
{
    QFETCH(int, plain);
    QFETCH(QStringList, expected);
    StreamTeller::Options options;
    options.plain = Plain(plain);
    StreamTeller teller(options);
    tell(teller, 10, switchTo(31));
    tell(teller, 11, proof(31));
    tell(teller, 15, of(EventKind::VmEntry));
    tell(teller, 16, proof(31, false));
    tell(teller, 17, proof(31));
    tell(teller, 18, proof(31));
    tell(teller, 20, of(EventKind::VmExit));
    tell(teller, 21, proof(31));
    tell(teller, 30, proof(32, false));
    tell(teller, 31, proof(32));
    QCOMPARE(settled(teller).filter(QStringLiteral("proof 31")), expected);
    QCOMPARE(settled(teller).filter(QStringLiteral("proof 32")), list({"30 proof 32", "31 proof 32"}));

    // After a loss nobody is known to be there.
    teller.packetEnd();
    teller.discardedPackets();
    tell(teller, 40, proof(31));
    QVERIFY(settled(teller).contains(QStringLiteral("40 proof 31")));
}

// Records that were taken do not move those that come.
void TestStreamTeller::placesAfterTaking()
{
    StreamTeller teller;
    tell(teller, 5);
    teller.takeSettled();
    QCOMPARE(teller.records().size(), std::size_t(0));
    teller.packetEnd();
    teller.discardedEvents();
    for (Ns t = 10; t < 22; ++t) {
        teller.beginEvent(t, kPcpu);
        teller.thread(31, {30, kNoName});
        teller.endEvent(of(EventKind::UserspaceExit));
    }
    QCOMPARE(settled(teller), list({"5 blind", "10 sighted", "10 thread 31", "10 event", "11 thread 31", "11 event"}));
    teller.takeSettled();
    teller.packetEnd();
    QCOMPARE(settled(teller).first(3), list({"11 blind", "12 thread 31", "12 event"}));
    QCOMPARE(settled(teller).size(), 1 + 2 * 10);
}

QTEST_GUILESS_MAIN(TestStreamTeller)
#include "tst_stream_teller.moc"
