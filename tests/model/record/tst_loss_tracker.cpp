// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/record/loss_tracker.h"

using namespace exitscope;
using Mark = LossTracker::Mark;
using Marks = std::vector<LossTracker::Mark>;

namespace {

Mark begins(std::uint64_t event)
{
    return {true, event};
}
Mark ends(std::uint64_t event)
{
    return {false, event};
}

// A stream in short: packets of so many events; "discarded" and "packets" come before the next packet.
class Stream {
public:
    Stream &discarded()
    {
        m_tracker.discardedEvents();
        return *this;
    }
    Stream &packetsLost()
    {
        m_tracker.discardedPackets();
        return *this;
    }
    Stream &packet(int events)
    {
        for (int i = 0; i < events; ++i) {
            m_tracker.event();
            take();
        }
        m_tracker.packetEnd();
        take();
        return *this;
    }
    const Marks &marks() const { return m_marks; }
    bool cameTooLate() const { return m_late; }
    const LossTracker &tracker() const { return m_tracker; }

private:
    void take()
    {
        for (const Mark &mark : m_tracker.takeMarks()) {
            // What was settled before must stay true.
            m_late = m_late || (mark.begins ? mark.event < m_settled : mark.event <= m_settled);
            m_marks.push_back(mark);
        }
        m_settled = m_tracker.settled();
    }

    LossTracker m_tracker;
    Marks m_marks;
    std::uint64_t m_settled = 0;
    bool m_late = false;
};

} // namespace

// manual "Definitions", Loss: by the numbers of events in their stream, from 1.
class TestLossTracker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingLost();
    void bothEndsOfThePacket();
    void exactlyElevenEvents();
    void aShortPacketIsWhollyBlind();
    void aPacketWithoutEvents();
    void lossInTheFirstPacket();
    void lossInTheLastPacket();
    void lossInPacketsThatFollowEachOther();
    void packets();
    void tailsAreSettledLate();
};

void TestLossTracker::nothingLost()
{
    Stream stream;
    stream.packet(5).packet(0).packet(20);
    QCOMPARE(stream.marks(), Marks{});
    QCOMPARE(stream.tracker().settled(), std::uint64_t(25));
}

void TestLossTracker::bothEndsOfThePacket()
{
    Stream stream;
    stream.packet(3).discarded().packet(13).packet(2);
    // From the last of N-1 (3) to the first of N (4); from N's 11th-last (6) to the first of N+1 (17).
    QCOMPARE(stream.marks(), (Marks{begins(3), ends(4), begins(6), ends(17)}));
    QVERIFY(!stream.cameTooLate());
}

void TestLossTracker::exactlyElevenEvents()
{
    Stream stream;
    stream.packet(3).discarded().packet(11).packet(2);
    QCOMPARE(stream.marks(), (Marks{begins(3), ends(4), begins(4), ends(15)}));
}

void TestLossTracker::aShortPacketIsWhollyBlind()
{
    Stream stream;
    stream.packet(3).discarded().packet(10).packet(2);
    QCOMPARE(stream.marks(), (Marks{begins(3), ends(14)}));
    QVERIFY(!stream.cameTooLate());
}

void TestLossTracker::aPacketWithoutEvents()
{
    Stream stream;
    stream.packet(2).discarded().packet(0).packet(14).packet(1);
    QCOMPARE(stream.marks(), (Marks{begins(2), ends(3)}));
}

void TestLossTracker::lossInTheFirstPacket()
{
    Stream stream;
    stream.discarded().packet(12).packet(1);
    QCOMPARE(stream.marks(), (Marks{begins(0), ends(1), begins(2), ends(13)}));
}

void TestLossTracker::lossInTheLastPacket()
{
    Stream stream;
    stream.packet(1).discarded().packet(12);
    QCOMPARE(stream.marks(), (Marks{begins(1), ends(2), begins(3)}));
    QVERIFY(stream.tracker().isBlind());
}

void TestLossTracker::lossInPacketsThatFollowEachOther()
{
    Stream stream;
    stream.packet(1).discarded().packet(12).discarded().packet(3).discarded().packet(12).packet(1);
    // Blind from event 3 through the short packet (14-16) to the first of the third lossy one.
    QCOMPARE(stream.marks(), (Marks{begins(1), ends(2), begins(3), ends(17), begins(18), ends(29)}));
    QVERIFY(!stream.cameTooLate());
}

void TestLossTracker::packets()
{
    Stream stream;
    stream.packet(4).packetsLost().packet(20).packetsLost().packet(1);
    QCOMPARE(stream.marks(), (Marks{begins(4), ends(5), begins(24), ends(25)}));
}

void TestLossTracker::tailsAreSettledLate()
{
    LossTracker tracker;
    tracker.event();
    tracker.packetEnd();
    QCOMPARE(tracker.settled(), std::uint64_t(1));
    tracker.discardedEvents();
    for (int i = 0; i < 10; ++i)
        tracker.event();
    QCOMPARE(tracker.settled(), std::uint64_t(1)); // the packet may be a short one
    tracker.event();
    QCOMPARE(tracker.settled(), std::uint64_t(2)); // its first event is not doubtful
    tracker.event();
    QCOMPARE(tracker.settled(), std::uint64_t(3));
    tracker.packetEnd();
    QCOMPARE(tracker.settled(), std::uint64_t(13));
}

QTEST_GUILESS_MAIN(TestLossTracker)
#include "tst_loss_tracker.moc"
