// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <vector>

#include "app/reader/loss_tracker.h"

using namespace exitscope;
using reader::LossTracker;

namespace {

struct Stretch {
    Ns time, unknownFrom, until;
    bool operator==(const Stretch &) const = default;
};

// A stream in short: packets of event times; "discarded" and "packets" come before the next packet.
class Stream {
public:
    Stream &discarded(std::optional<Ns> begin = {})
    {
        m_tracker.discardedEvents(begin);
        return *this;
    }
    Stream &packetsLost()
    {
        m_tracker.discardedPackets({});
        return *this;
    }
    Stream &packet(const std::vector<Ns> &times)
    {
        for (const Ns time : times)
            add(m_tracker.event(time));
        m_tracker.packetEnd();
        return *this;
    }
    std::vector<Stretch> end()
    {
        add(m_tracker.end());
        return m_stretches;
    }

private:
    void add(const std::optional<LossTracker::Loss> &loss)
    {
        if (loss)
            m_stretches.push_back({loss->timeNs, loss->blind.unknownFromNs, loss->blind.untilNs});
    }

    LossTracker m_tracker;
    std::vector<Stretch> m_stretches;
};

std::vector<Ns> times(Ns first, int count)
{
    std::vector<Ns> result;
    for (int i = 0; i < count; ++i)
        result.push_back(first + i);
    return result;
}

using Stretches = std::vector<Stretch>;

} // namespace

class TestLossTracker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingLost();
    void bothSidesOfPacket();
    void tail_data();
    void tail();
    void atTheEnd();
    void beforeTheFirstEvent();
    void neighboursInLoss();
    void emptyPacketsDoNotCount();
    void packetsLost();
};

void TestLossTracker::nothingLost()
{
    QVERIFY(Stream().packet({1, 2}).packet({}).packet({3}).end().empty());
    QVERIFY(Stream().end().empty());
}

void TestLossTracker::bothSidesOfPacket()
{
    const auto stretches = Stream().packet({1, 2}).discarded().packet(times(10, 20)).packet({50}).end();
    QVERIFY(stretches == (Stretches{{2, 2, 10}, {29, 19, 50}}));
}

void TestLossTracker::tail_data()
{
    QTest::addColumn<int>("events");
    QTest::addColumn<qint64>("unknownFrom");
    QTest::addRow("1") << 1 << qint64(2);
    QTest::addRow("10") << 10 << qint64(2);
    QTest::addRow("11") << 11 << qint64(100);
    QTest::addRow("12") << 12 << qint64(101);
    QTest::addRow("33") << 33 << qint64(122);
}

void TestLossTracker::tail()
{
    QFETCH(int, events);
    QFETCH(qint64, unknownFrom);
    const auto stretches = Stream().packet({1, 2}).discarded().packet(times(100, events)).packet({500}).end();
    QVERIFY(stretches == (Stretches{{2, 2, 100}, {99 + events, unknownFrom, 500}}));
}

void TestLossTracker::atTheEnd()
{
    const auto last = Stream().packet({1}).discarded().packet({5}).end();
    QVERIFY(last == (Stretches{{1, 1, 5}, {5, 1, kEndOfRecording}}));
    const auto nothingAfter = Stream().packet({1}).discarded().packet({}).end();
    QVERIFY(nothingAfter == (Stretches{{1, 1, kEndOfRecording}}));
}

void TestLossTracker::beforeTheFirstEvent()
{
    QVERIFY(Stream().discarded(3).packet({5, 6}).packet({9}).end() == (Stretches{{3, 3, 5}, {6, 3, 9}}));
    QVERIFY(Stream().discarded().packet({5}).packet({9}).end() == (Stretches{{5, 5, 5}, {5, 5, 9}}));
    QVERIFY(Stream().discarded(8).packet({5}).packet({9}).end() == (Stretches{{5, 5, 5}, {5, 5, 9}}));
    QVERIFY(Stream().discarded(3).packet({}).end() == (Stretches{{3, 3, kEndOfRecording}}));
}

void TestLossTracker::neighboursInLoss()
{
    // Between two such packets lies one stretch, and what was said of its begin holds.
    const auto stretches
        = Stream().packet({1}).discarded().packet(times(10, 12)).discarded().packet({40}).packet({50}).end();
    QVERIFY(stretches == (Stretches{{1, 1, 10}, {21, 11, 40}, {40, 21, 50}}));
}

void TestLossTracker::emptyPacketsDoNotCount()
{
    const auto stretches
        = Stream().packet({1, 2}).packet({}).discarded().packet({}).packet({10}).packet({}).packet({20}).end();
    QVERIFY(stretches == (Stretches{{2, 2, 10}, {10, 2, 20}}));
}

void TestLossTracker::packetsLost()
{
    const auto stretches = Stream().packet(times(1, 20)).packetsLost().packet({30}).packet({40}).end();
    QVERIFY(stretches == (Stretches{{20, 20, 30}}));
}

QTEST_GUILESS_MAIN(TestLossTracker)
#include "tst_loss_tracker.moc"
