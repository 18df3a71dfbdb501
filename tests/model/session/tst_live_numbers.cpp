// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include <ctime>
#include <pthread.h>
#include <random>
#include <thread>

#include "model/load/load.h"
#include "model/session/live_numbers.h"

using namespace exitscope;

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

// Every field.
QString textOf(const Distribution &of)
{
    QStringList fields{QString::number(of.count), QString::number(of.total)};
    for (const auto &value : {of.min, of.max, of.p50, of.p95, of.p99})
        fields << (value ? QString::number(*value) : QStringLiteral("-"));
    for (const auto &value : {of.mean, of.stddev})
        fields << (value ? QString::number(*value, 'f', 3) : QStringLiteral("-"));
    return fields.join(QLatin1Char(' '));
}

QString kindOf(const ReasonGroup &group)
{
    return QString::number(group.reason);
}

QString kindOf(const ScenarioGroup &group)
{
    return QString::number(int(group.scenario));
}

template <typename Group>
QString textOf(const std::vector<Group> &groups)
{
    QStringList lines;
    for (const Group &group : groups)
        lines << QStringList{kindOf(group), QString::number(group.count), QString::number(group.parts.net()),
            textOf(group.gross), textOf(group.net), group.knownNet ? textOf(*group.knownNet) : QStringLiteral("-")}
                     .join(QLatin1Char('|'));
    return lines.join(QLatin1Char('\n'));
}

// Two vCPUs of one VM, exits of eight reasons, all of them timed.
std::shared_ptr<const Recording> manyExits(std::size_t count)
{
    auto recording = std::make_shared<Recording>();
    for (std::uint32_t code = 96; code < 104; ++code)
        recording->reasons.indexOf({2, code});
    std::mt19937 random(7);
    Vm vm;
    vm.name = QStringLiteral("a");
    for (int number = 0; number < 2; ++number) {
        Vcpu &vcpu = vm.vcpus.emplace_back();
        vcpu.number = QString::number(number);
        ExitColumns &exits = vcpu.exits;
        for (std::size_t i = 0; i < count / 2; ++i) {
            const Ns time = Ns(i) * 1000;
            exits.append({.time = time,
                .event = time,
                .entry = time - Ns(random() % 300),
                .end = time + 500,
                .parts = {Ns(random() % 400), 0, 0, 0, 100, 0},
                .reason = std::uint16_t(random() % 8),
                .scenario = static_cast<Scenario>(random() % kScenarios),
                .pcpu = 0});
        }
    }
    Timeline host;
    host.range = {0, Ns(count) * 1000};
    host.vms.push_back(std::move(vm));
    recording->hosts.push_back(std::move(host));
    return recording;
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
    QCOMPARE(textOf(numbers.byReason->totals.reasons), textOf(byReason.reasons));
    QCOMPARE(numbers.byReason->totals.exits, byReason.exits);
    without = selection;
    without.scenarios.clear();
    const Totals byScenario = statisticsOf(*m_recording, without).totals;
    QVERIFY(byScenario.scenarios.size() > 1);
    QCOMPARE(textOf(numbers.byScenario->totals.scenarios), textOf(byScenario.scenarios));
    without = selection;
    without.vcpus.clear();
    const Statistics byVcpu = statisticsOf(*m_recording, without);
    QVERIFY(byVcpu.totals.exits > 0);
    for (std::size_t vm = 0; vm < byVcpu.vms.size(); ++vm) {
        for (std::size_t v = 0; v < byVcpu.vms[vm].vcpus.size(); ++v) {
            const Totals &alone = byVcpu.vms[vm].vcpus[v].totals;
            const Totals &together = numbers.byVcpu->vms[vm].vcpus[v].totals;
            QCOMPARE(textOf(together.reasons), textOf(alone.reasons));
            QCOMPARE(textOf(together.runs), textOf(alone.runs));
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
    const auto recording = manyExits(600'000);
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

QTEST_GUILESS_MAIN(TestLiveNumbers)
#include "tst_live_numbers.moc"
