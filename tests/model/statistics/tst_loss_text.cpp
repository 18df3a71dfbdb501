// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTest>

#include "model/statistics/loss_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestLossText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void eachTraceTellsItsOwn();
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

void TestLossText::eachTraceTellsItsOwn()
{
    const char *const kScript = "20 p0 kvm_entry tid=31\n30 p0 kvm_exit reason=10 isa=1 tid=31\n";
    const std::string lossy = std::string(kScript)
        + "packet p0\n35 p0 other:x tid=31\nlose p0 7\npacket p0\n40 p0 other:x tid=31\nlose_packets p0 2\n";
    WrittenRecording written;
    written.add(kScript, "a");
    written.add(
        lossy, "b", [](CtfOptions &options) { options.clockUuid = "9e579e57-0000-4000-8000-000000000001"; });
    written.add(
        kScript, "c", [](CtfOptions &options) { options.tracer = Tracer::Perf; });
    written.add(kScript, "d", [](CtfOptions &options) { options.domain = "ust"; });
    written.add(kScript, "e");
    QVERIFY(QFile::resize(written.path("e") + QStringLiteral("/ch_0"), 100)); // ends in its first packet
    const Recording recording = written.load();
    QStringList told;
    for (const TraceInfo &trace : recording.traces)
        told << lossText(trace);
    QCOMPARE(told,
        (QStringList{QStringLiteral("no event lost"), QStringLiteral("7 events and 2 packets LOST"),
            QStringLiteral("losses unknown"), QStringLiteral("no event lost"), QStringLiteral("losses unknown")}));
}

QTEST_GUILESS_MAIN(TestLossText)
#include "tst_loss_text.moc"
