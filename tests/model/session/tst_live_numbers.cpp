// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <ctime>
#include <pthread.h>
#include <thread>

#include "model/load/load.h"
#include "model/session/live_numbers.h"
#include "model/statistics/distribution_pass.h"
#include "tests/tools/made_exits.h"
#include "tests/tools/told_statistics.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestLiveNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void binsHoldTheirBorders();
    void histogramCountsEveryDurationOnce();
    void oneOfEveryDimensionEqualsOneAlone();
    void endsSoonOnceCancelled();
    void everyDimensionLeavesOutItsOwnFilter();
    void newestSelectionWins();
    void exitsFollowTheNewestFilters();
    void sumsFollowADraggedRange();
    void sumsFollowADraggedBand();
    void sumsOfABandThatIsNewComeByThemselves();
    void wholeNumbersOfAnOlderSelectionLeaveNewerSums();

private:
    std::shared_ptr<const Recording> m_recording;
};

namespace {

double cpuMs(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

double threadCpuMs()
{
    return cpuMs(CLOCK_THREAD_CPUTIME_ID);
}

double cpuMsOf(const auto &act)
{
    const double begin = threadCpuMs();
    act();
    return threadCpuMs() - begin;
}

} // namespace

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
    for (const auto &bins : gross.counts)
        for (const std::int64_t count : bins)
            sum += count;
    const Statistics all = statisticsOf(*m_recording, {});
    QCOMPARE(sum, all.totals.timed);
    QCOMPARE(gross.total, all.totals.timed);
    QCOMPARE(histogramOf(*m_recording, {}, DurationKind::Run).p95, all.totals.runs.p95);
}

// What is filled in one pass equals what is computed alone, to the last field that is shown of it.
void TestLiveNumbers::oneOfEveryDimensionEqualsOneAlone()
{
    Selection selection;
    const TimeRange range = m_recording->hosts.front().range;
    selection.from = range.from + range.length() / 8;
    selection.to = range.to - range.length() / 8;
    selection.reasons = {{2, 114}, {2, 120}}; // cpuid, hlt
    selection.scenarios = {Scenario::Host, Scenario::Halt};
    selection.vcpus = {VcpuKey{{0, 0}, 1}};
    selection.minNs = 100;
    const Numbers numbers = numbersOf(m_recording, selection);
    Selection without = selection;
    without.reasons.clear();
    const Totals byReason = statisticsOf(*m_recording, without).totals;
    QVERIFY(byReason.reasons.size() > 2);
    QCOMPARE(
        linesOf(numbers.byReason->totals.reasons, Told::Percentiles), linesOf(byReason.reasons, Told::Percentiles));
    QCOMPARE(numbers.byReason->totals.exits, byReason.exits);
    without = selection;
    without.scenarios.clear();
    const Totals byScenario = statisticsOf(*m_recording, without).totals;
    QVERIFY(byScenario.scenarios.size() > 1);
    QCOMPARE(linesOf(numbers.byScenario->totals.scenarios, Told::Percentiles),
        linesOf(byScenario.scenarios, Told::Percentiles));
    without = selection;
    without.vcpus.clear();
    const Statistics byVcpu = statisticsOf(*m_recording, without);
    QVERIFY(byVcpu.totals.exits > 0);
    for (std::size_t vm = 0; vm < byVcpu.vms.size(); ++vm) {
        for (std::size_t v = 0; v < byVcpu.vms[vm].vcpus.size(); ++v) {
            const Totals &alone = byVcpu.vms[vm].vcpus[v].totals;
            const Totals &together = numbers.byVcpu->vms[vm].vcpus[v].totals;
            QCOMPARE(linesOf(together.reasons, Told::Sums), linesOf(alone.reasons, Told::Sums));
            QCOMPARE(linesOf(together.runs, Told::Percentiles), linesOf(alone.runs, Told::Percentiles));
            QCOMPARE(together.states, alone.states);
            QCOMPARE(together.entries, alone.entries);
            QCOMPARE(together.entryToExitEvent, alone.entryToExitEvent);
        }
    }
    QCOMPARE(numbers.selected->totals.exits, statisticsOf(*m_recording, selection).totals.exits);
    Selection noBand = selection;
    noBand.minNs.reset();
    QCOMPARE(numbers.gross.total, statisticsOf(*m_recording, noBand).totals.timed);
    QCOMPARE(numbers.runs.p99, statisticsOf(*m_recording, selection).totals.runs.p99);
}

// At twenty points of the work; counted in the time that the processor gave it, as others may have it too.
void TestLiveNumbers::endsSoonOnceCancelled()
{
    const auto recording = makeExits({.exits = 600'000, .reasons = 8});
    Selection selection; // as dear as it can be: every dimension has a filter, and nearly all pass
    for (std::size_t i = 1; i < recording->reasons.size(); ++i)
        selection.reasons.insert(recording->reasons[i].key);
    selection.scenarios = {Scenario::Host, Scenario::Interrupt, Scenario::Qemu};
    selection.vcpus = {VcpuKey{{0, 0}, 0}, VcpuKey{{0, 0}, 1}};
    const double whole = cpuMsOf([&] { QVERIFY(numbersOf(recording, selection, nullptr)); });
    for (int point = 0; point < 20; ++point) {
        std::atomic<bool> cancel = false;
        double tookMs = 0;
        double setAtMs = 0;
        bool isNone = false;
        std::thread worker([&] {
            const double begin = threadCpuMs();
            std::atomic<bool> isOver = false;
            clockid_t clock{};
            pthread_getcpuclockid(pthread_self(), &clock);
            std::thread setter([&] {
                while (cpuMs(clock) - begin < whole * point / 21 && !isOver)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                setAtMs = cpuMs(clock);
                cancel = true;
            });
            isNone = !numbersOf(recording, selection, &cancel);
            const double end = threadCpuMs();
            isOver = true;
            setter.join();
            tookMs = end - setAtMs;
        });
        worker.join();
        QVERIFY2(isNone || tookMs < 0, "it was cancelled, and gave numbers all the same");
        QVERIFY2(tookMs < 200, qPrintable(QStringLiteral("%1 ms at point %2").arg(tookMs).arg(point)));
    }
    qInfo("the whole takes %.0f ms", whole);
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

namespace {

// What is told of the newest selection before anything else is computed.
QString newestDifference(const LiveNumbers &live, const Recording &recording, const Selection &selection)
{
    if (!live.newest() || live.newest()->selection != selection)
        return QStringLiteral("they are of another selection");
    const Statistics wanted = statisticsOf(recording, selection);
    const Statistics &got = *live.newest()->selected;
    if (got.totals.exits != wanted.totals.exits || got.totals.states != wanted.totals.states)
        return QStringLiteral("%1 exits, not %2").arg(got.totals.exits).arg(wanted.totals.exits);
    Selection without = selection;
    without.reasons.clear();
    const auto reasons = linesOf(live.newest()->byReason->totals.reasons, Told::Sums);
    return reasons == linesOf(statisticsOf(recording, without).totals.reasons, Told::Sums)
        ? QString()
        : QStringLiteral("other sums of reasons");
}

} // namespace

void TestLiveNumbers::sumsFollowADraggedRange()
{
    const auto recording = makeExits({.exits = 50'000});
    LiveNumbers live;
    QSignalSpy sums(&live, &LiveNumbers::sumsReady);
    Selection selection;
    selection.reasons = {recording->reasons[1].key, recording->reasons[2].key};
    live.set(recording, selection);
    QTRY_VERIFY(live.isPrepared());
    for (int filters = 0; filters < 3; ++filters) { // none of single exits, a band, places too
        if (filters == 1)
            selection.minNs = 777; // in no bin's begin
        if (filters == 2)
            selection.addresses = {0x1000, 0x3000};
        if (filters > 0) {
            live.set(recording, selection);
            QTRY_VERIFY(live.isPrepared());
        }
        const TimeRange bounds = boundsOf(*recording);
        for (int step = 0; step < 10; ++step) {
            selection.from = bounds.from + bounds.length() / 100;
            selection.to = *selection.from + bounds.length() / 12 * (step + 1);
            sums.clear();
            live.set(recording, selection);
            QCOMPARE(sums.count(), 1); // at once
            QVERIFY(!live.newest()->isWhole);
            QCOMPARE(newestDifference(live, *recording, selection), QString());
        }
        QTRY_VERIFY(!live.isBusy());
        QVERIFY(live.newest() == live.current());
        QVERIFY(live.current()->isWhole);
        selection.from.reset();
        selection.to.reset();
    }
}

void TestLiveNumbers::sumsFollowADraggedBand()
{
    const auto recording = makeExits({.exits = 50'000, .oddPercent = 5});
    LiveNumbers live;
    QSignalSpy sums(&live, &LiveNumbers::sumsReady);
    const TimeRange bounds = boundsOf(*recording);
    Selection selection;
    selection.from = bounds.from + bounds.length() / 10;
    for (const DurationKind of : {DurationKind::Gross, DurationKind::Net, DurationKind::Run}) {
        selection.bandOf = of;
        selection.minNs.reset();
        selection.maxNs.reset();
        live.set(recording, selection);
        QTRY_VERIFY(live.isPrepared());
        for (int bin = 10; bin < 22; ++bin) {
            selection.minNs = DurationBins::lower(10);
            selection.maxNs = DurationBins::upper(bin);
            sums.clear();
            live.set(recording, selection);
            QCOMPARE(sums.count(), 1); // at once
            QVERIFY(live.newest()->selected->totals.exits > 0);
            QCOMPARE(newestDifference(live, *recording, selection), QString());
        }
        QTRY_VERIFY(!live.isBusy());
    }
}

// A new recording, then a band that begins within a bin, asked for while others are under way.
void TestLiveNumbers::sumsOfABandThatIsNewComeByThemselves()
{
    const auto recording = makeExits({.exits = 50'000});
    LiveNumbers live;
    Selection selection;
    for (int step = 0; step < 10; ++step) {
        live.set(recording, selection);
        selection.minNs = 1'001 + step;
        live.set(recording, selection);
    }
    QTRY_VERIFY(live.newest() && live.newest()->selection == selection);
    QCOMPARE(newestDifference(live, *recording, selection), QString());
    QTRY_VERIFY(live.isPrepared());
    QVERIFY(live.newest()->isWhole);
}

void TestLiveNumbers::wholeNumbersOfAnOlderSelectionLeaveNewerSums()
{
    const auto recording = makeExits({.exits = 50'000});
    LiveNumbers live;
    Selection selection;
    live.set(recording, selection);
    QTRY_VERIFY(live.isPrepared());
    Selection newer;
    newer.to = boundsOf(*recording).from + boundsOf(*recording).length() / 3;
    QSignalSpy ready(&live, &LiveNumbers::ready);
    connect(&live, &LiveNumbers::ready, &live, [&] { QCOMPARE(live.newest()->selection, newer); });
    selection.from = boundsOf(*recording).from + 1;
    live.set(recording, selection);
    live.set(recording, newer);
    QTRY_VERIFY(!live.isBusy());
    QVERIFY(ready.count() <= 2); // the older one was nearly there, or was given up
    QVERIFY(live.current()->selection == newer);
}

QTEST_GUILESS_MAIN(TestLiveNumbers)
#include "tst_live_numbers.moc"
