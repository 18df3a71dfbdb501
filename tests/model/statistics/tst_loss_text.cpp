// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/statistics/loss_text.h"

using namespace exitscope;

class TestLossText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
};

void TestLossText::texts_data()
{
    QTest::addColumn<qint64>("events");
    QTest::addColumn<qint64>("packets");
    QTest::addColumn<bool>("areCounted");
    QTest::addColumn<bool>("areKnown");
    QTest::addColumn<QString>("told");
    const auto row = [](qint64 events, qint64 packets, bool areCounted, bool areKnown, const char *told) {
        QTest::newRow(told) << events << packets << areCounted << areKnown << QString::fromUtf8(told);
    };
    row(0, 0, true, true, "no event lost");
    row(0, 0, true, false, "losses unknown");
    row(1, 0, true, true, "1 event LOST");
    row(1234, 0, true, true, "1,234 events LOST");
    row(7, 0, false, true, "at least 7 events LOST");
    row(8, 0, true, false, "at least 8 events LOST");
    row(0, 2, true, true, "2 packets LOST");
    row(0, 1, false, true, "at least 1 packet LOST");
    row(7, 2, true, true, "7 events and 2 packets LOST");
}

void TestLossText::texts()
{
    QFETCH(qint64, events);
    QFETCH(qint64, packets);
    QFETCH(bool, areCounted);
    QFETCH(bool, areKnown);
    TraceInfo trace;
    trace.discardedEvents = events;
    trace.discardedPackets = packets;
    trace.discardedAreCounted = areCounted;
    trace.lossesAreKnown = areKnown;
    QTEST(lossText(trace), "told");
}

QTEST_GUILESS_MAIN(TestLossText)
#include "tst_loss_text.moc"
