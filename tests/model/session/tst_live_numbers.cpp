// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "model/load/load.h"
#include "model/session/live_numbers.h"

using namespace exitscope;

class TestLiveNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void binsHoldTheirBorders();
    void histogramCountsEveryDurationOnce();
    void everyDimensionLeavesOutItsOwnFilter();
    void newestSelectionWins();
    void exitsFollowTheNewestFilters();

private:
    std::shared_ptr<const Recording> m_recording;
};

void TestLiveNumbers::initTestCase()
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    m_recording = std::make_shared<const Recording>(
        loadRecording({QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host")}, options));
    QCOMPARE(m_recording->hosts.size(), std::size_t(1));
}

void TestLiveNumbers::binsHoldTheirBorders()
{
    for (int bin = 0; bin < DurationBins::kCount; ++bin) {
        QCOMPARE(DurationBins::indexOf(DurationBins::lower(bin)), bin);
        QCOMPARE(DurationBins::indexOf(DurationBins::upper(bin) - 1), bin);
    }
    QCOMPARE(DurationBins::indexOf(0), 0);
    QCOMPARE(DurationBins::indexOf(kEndOfRecording), DurationBins::kCount - 1);
}

void TestLiveNumbers::histogramCountsEveryDurationOnce()
{
    const DurationHistogram gross = histogramOf(*m_recording, {}, DurationKind::Gross);
    std::int64_t sum = 0;
    for (const auto &bins : gross.counts) {
        for (const std::int64_t count : bins)
            sum += count;
    }
    const Statistics all = statisticsOf(*m_recording, {});
    QCOMPARE(sum, all.totals.timed);
    QCOMPARE(gross.total, all.totals.timed);
    QCOMPARE(histogramOf(*m_recording, {}, DurationKind::Run).p95, all.totals.runs.p95);
}

void TestLiveNumbers::everyDimensionLeavesOutItsOwnFilter()
{
    Selection selection;
    selection.reasons = {{2, 114}}; // cpuid
    selection.scenarios = {Scenario::Host};
    selection.bandOf = DurationKind::Net;
    selection.minNs = 30'000;
    const Numbers numbers = numbersOf(m_recording, selection);
    QCOMPARE(numbers.selected->totals.reasons.size(), std::size_t(1));
    QVERIFY(numbers.byReason->totals.reasons.size() > 1);
    QVERIFY(numbers.selected == numbers.byVcpu); // no filter of vCPUs, so not computed twice
    QVERIFY(numbers.net.total > numbers.selected->totals.exits); // its own band is left out
    QCOMPARE(numbers.gross.total, numbers.selected->totals.timed);
}

void TestLiveNumbers::newestSelectionWins()
{
    LiveNumbers live;
    QSignalSpy ready(&live, &LiveNumbers::ready);
    Selection selection;
    for (int i = 0; i < 50; ++i) {
        selection.minNs = i;
        live.set(m_recording, selection);
    }
    QTRY_VERIFY(live.current() && live.current()->selection == selection && !live.isBusy());
    QVERIFY(ready.count() <= 3); // those in between were passed over
}

// The last filters asked for are the first ones again, while others are under way.
void TestLiveNumbers::exitsFollowTheNewestFilters()
{
    LiveNumbers live;
    Selection all, halts;
    halts.scenarios = {Scenario::Halt};
    QVERIFY(!live.exitsOf(m_recording.get()));
    live.set(m_recording, all);
    QTRY_VERIFY(!live.isBusy());
    QVERIFY(live.exitsOf(m_recording.get())->isOf(m_recording.get(), all));
    live.set(m_recording, halts);
    live.set(m_recording, all);
    QTRY_VERIFY(!live.isBusy());
    QVERIFY(live.exitsOf(m_recording.get())->isOf(m_recording.get(), all));
    live.set(m_recording, all);
    live.set(m_recording, halts);
    QTRY_VERIFY(!live.isBusy());
    QVERIFY(live.exitsOf(m_recording.get())->isOf(m_recording.get(), halts));
    const std::shared_ptr<const ExitIndex> before = live.exitsOf(m_recording.get())->passing();
    halts.from = m_recording->hosts.front().range.from; // a range leaves them as they are
    live.set(m_recording, halts);
    QVERIFY(live.exitsOf(m_recording.get())->passing() == before);
    QTRY_VERIFY(!live.isBusy());
    QVERIFY(live.exitsOf(m_recording.get())->passing() == before);
    const Recording other;
    QVERIFY(!live.exitsOf(&other));
}

QTEST_GUILESS_MAIN(TestLiveNumbers)
#include "tst_live_numbers.moc"
