// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <random>

#include "model/statistics/exit_rate.h"
#include "model/statistics/statistics.h"

using namespace exitscope;

class TestExitRate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void countsEqualAPlainLoop_data();
    void countsEqualAPlainLoop();
    void ratesAddUpToTheStatistics_data() { selections(); }
    void ratesAddUpToTheStatistics();
    void binsShareTheRangeWithoutGaps();
    void shortRangeHasNoEmptyBins();
    void cacheIsMadeAnewOnlyWhenFiltersChange();

private:
    static void selections();
    std::shared_ptr<const Recording> m_recording;
};

Q_DECLARE_METATYPE(exitscope::Selection)

void TestExitRate::initTestCase()
{
    auto recording = std::make_shared<Recording>();
    std::mt19937 random(7);
    Timeline host;
    host.range = {5'000, 5'000};
    Vm vm;
    vm.name = QStringLiteral("vm");
    for (int number = 0; number < 2; ++number) {
        Vcpu vcpu;
        vcpu.number = QString::number(number);
        Ns t = 5'000;
        Column<PageTouch> touches;
        for (int i = 0; i < 5'000; ++i) {
            t += random() % 3; // some at the same time
            vcpu.exits.append({.time = t,
                .event = t,
                .end = t + 10,
                .parts = {Ns(random() % 10), 0, 0, 0, 0, 0},
                .reason = recording->reasons.indexOf({2, std::int64_t(random() % 5)}),
                .scenario = static_cast<Scenario>(random() % kScenarios),
                .pcpu = 0,
                .target = Target::of(TargetKind::Port, std::uint64_t(i % 3)),
                .userspace = std::uint8_t(i % 4)});
            touches.append(static_cast<PageTouch>(i % kPageTouches));
        }
        vcpu.exits.setTouches(touches);
        host.range.to = std::max(host.range.to, t); // the last exit lies at the very end
        vm.vcpus.push_back(std::move(vcpu));
    }
    for (Vcpu &vcpu : vm.vcpus) {
        vcpu.states.start(host.range.from);
        vcpu.states.append(host.range.to, VcpuState::Kvm, 0);
    }
    host.vms.push_back(std::move(vm));
    recording->hosts.push_back(std::move(host));
    m_recording = recording;
}

void TestExitRate::selections()
{
    QTest::addColumn<Selection>("selection");
    QTest::newRow("all") << Selection{};
    Selection selection;
    selection.reasons = {{2, 1}, {2, 3}};
    QTest::newRow("reasons") << selection;
    selection = {};
    selection.scenarios = {Scenario::Halt};
    QTest::newRow("scenario") << selection;
    selection = {};
    selection.vcpus = {VcpuKey{{0, 0}, 1}};
    QTest::newRow("vCPU") << selection;
    selection = {};
    selection.minNs = 3;
    selection.maxNs = 7;
    QTest::newRow("band") << selection;
    selection.reasons = {{2, 9}};
    QTest::newRow("nothing") << selection;
    selection = {};
    selection.targets = {Target::of(TargetKind::Port, 1)};
    QTest::newRow("target") << selection;
    selection = {};
    selection.regions = {Target::of(TargetKind::Port, 2)};
    QTest::newRow("region") << selection;
    selection = {};
    selection.userspace = {3};
    QTest::newRow("user space") << selection;
    selection = {};
    selection.touches = {PageTouch::Device};
    QTest::newRow("touch") << selection;
    selection = {};
    selection.symbols = {{QStringLiteral("start"), {{{0, 0}, 0, 0}}}};
    QTest::newRow("symbol") << selection;
    selection.symbols = {{QStringLiteral("elsewhere"), {{{0, 0}, 1, 2}}}};
    QTest::newRow("no symbol") << selection;
}

void TestExitRate::countsEqualAPlainLoop_data()
{
    selections();
}

void TestExitRate::countsEqualAPlainLoop()
{
    QFETCH(Selection, selection);
    const ExitIndex index(m_recording, selection);
    const ExitFilter filter(selection, m_recording->reasons);
    const std::vector<Vcpu> &vcpus = m_recording->hosts[0].vms[0].vcpus;
    std::mt19937 random(3);
    for (std::size_t v = 0; v < vcpus.size(); ++v) {
        const ExitColumns &exits = vcpus[v].exits;
        const VcpuAt of = *vcpuAt(*m_recording, {{0, 0}, v});
        const bool chosen = filter.passesVcpu(of.key);
        for (int n = 0; n < 100; ++n) {
            TimeRange range{Ns(4'990 + random() % 6'000), Ns(4'990 + random() % 6'000)};
            if (range.to < range.from)
                std::swap(range.from, range.to);
            std::vector<std::int64_t> expected(m_recording->reasons.size());
            for (std::size_t i = 0; i < exits.size(); ++i)
                expected[exits.reason(i)] += chosen && range.contains(exits.time(i)) && filter.passes(of, i);
            std::vector<std::int64_t> counts(expected.size());
            const auto [first, last] = index[v].within(range);
            index[v].addCounts(first, last, counts);
            QCOMPARE(counts, expected);
            std::vector<std::int64_t> before(counts.size());
            index[v].addCountsBefore(first, before);
            std::vector<std::int64_t> upTo(counts.size());
            index[v].addCountsBefore(last, upTo);
            std::ranges::transform(upTo, before, upTo.begin(), std::minus());
            QCOMPARE(upTo, expected);
        }
        std::vector<Ns> borders; // before, among and behind the exits
        std::vector<std::size_t> firsts;
        for (Ns t = 4'900; t < 11'000; t += 1 + Ns(random() % 40)) {
            borders.push_back(t);
            std::size_t before = 0;
            for (std::size_t i = 0; i < exits.size() && exits.time(i) < t; ++i)
                before += chosen && filter.passes(of, i);
            firsts.push_back(before);
            QCOMPARE(index[v].lowerBound(t), before);
        }
        QVERIFY(index[v].lowerBounds(borders) == firsts);
        for (std::size_t i = 0; i < exits.size(); i += 17)
            QCOMPARE(index[v].holds(i), chosen && filter.passes(of, i));
    }
}

void TestExitRate::ratesAddUpToTheStatistics()
{
    QFETCH(Selection, selection);
    const ExitIndex index(m_recording, selection);
    const ExitRate rate = exitRate(index, m_recording->reasons.size(), boundsOf(*m_recording), 37);
    const Totals totals = statisticsOf(*m_recording, selection).totals;
    std::int64_t sum = 0;
    for (int bin = 0; bin < rate.bins; ++bin)
        sum += rate.total(bin);
    QCOMPARE(sum, totals.exits);
    for (const ReasonGroup &reason : totals.reasons) {
        std::int64_t count = 0;
        for (int bin = 0; bin < rate.bins; ++bin)
            count += rate.count(bin, reason.reason);
        QCOMPARE(count, reason.count);
    }
}

void TestExitRate::binsShareTheRangeWithoutGaps()
{
    const ExitIndex index(m_recording, {});
    const ExitRate rate = exitRate(index, m_recording->reasons.size(), {5'000, 9'001}, 7);
    QCOMPARE(rate.rangeOf(0).from, Ns(5'000));
    for (int bin = 1; bin < rate.bins; ++bin)
        QCOMPARE(rate.rangeOf(bin).from, rate.rangeOf(bin - 1).to);
    QCOMPARE(rate.rangeOf(6).to, Ns(9'001));
    QCOMPARE(rate.perSecond(0, 10), 10 * 1e9 / double(rate.rangeOf(0).length()));
    QVERIFY(rate.highest() >= rate.perSecond(3, rate.total(3)));
}

void TestExitRate::shortRangeHasNoEmptyBins()
{
    const ExitIndex index(m_recording, {});
    const ExitRate rate = exitRate(index, m_recording->reasons.size(), {5'000, 5'010}, 100);
    QCOMPARE(rate.bins, 10);
    for (int bin = 0; bin < rate.bins; ++bin)
        QCOMPARE(rate.rangeOf(bin).length(), Ns(1));
}

void TestExitRate::cacheIsMadeAnewOnlyWhenFiltersChange()
{
    ExitIndexCache cache;
    Selection selection;
    QVERIFY(cache.update(m_recording, selection));
    QVERIFY(cache.all() == cache.passing());
    selection.from = 6'000; // the range does not matter
    QVERIFY(!cache.update(m_recording, selection));
    selection.scenarios = {Scenario::Halt};
    const auto all = cache.all();
    QVERIFY(cache.update(m_recording, selection));
    QVERIFY(cache.all() == all);
    QVERIFY(cache.passing() != all);
    QVERIFY((*cache.passing())[0].size() < (*all)[0].size());
}

QTEST_GUILESS_MAIN(TestExitRate)
#include "tst_exit_rate.moc"
