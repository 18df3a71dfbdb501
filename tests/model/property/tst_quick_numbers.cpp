// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/session/numbers.h"
#include "model/statistics/band_sums.h"
#include "model/statistics/distribution_pass.h"
#include "model/statistics/exit_sums.h"
#include "model/statistics/sums_tally.h"
#include "tests/model/property/random_selection.h"
#include "tests/model/property/seeds.h"
#include "tests/model/property/timeline_check.h"
#include "tests/tools/made_exits.h"
#include "tests/tools/told_statistics.h"

using namespace exitscope;
using namespace exitscope::testing;

// The numbers that follow the mouse equal those of all rows, whatever they are taken from.
class TestQuickNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowByRowEqualsStatistics();
    void anyRangeEqualsStatistics_data();
    void anyRangeEqualsStatistics();
    void anyBandOfBinsEqualsStatistics_data();
    void anyBandOfBinsEqualsStatistics();
    void otherBandsAreNotHeld();
    void manyReasonsKeepNoMoreThanTheirExits();
    void distributionsEqualStatistics_data();
    void distributionsEqualStatistics();
    void histogramsCountAllRows_data();
    void histogramsCountAllRows();
    void equalDurationsHaveTheirPercentiles();
};

namespace {

constexpr std::uint32_t kSeeds = 100;

std::shared_ptr<const Recording> randomRecording(std::uint32_t seed)
{
    const RandomStream stream = randomStream(seed);
    Built built = build(stream.streams, stream.threadInfos);
    auto recording = std::make_shared<Recording>();
    recording->reasons = std::move(built.reasons);
    recording->hosts.push_back(std::move(built.timeline));
    return recording;
}

// The first line that is told otherwise; empty if none is.
QString difference(const Statistics &quick, const Recording &recording, const Selection &selection)
{
    const QStringList wanted = linesOf(statisticsOf(recording, selection), Told::Sums);
    const QStringList got = linesOf(quick, Told::Sums);
    for (qsizetype i = 0; i < std::max(wanted.size(), got.size()); ++i)
        if (got.value(i) != wanted.value(i))
            return QStringLiteral("line %1: \"%2\", not \"%3\"").arg(i).arg(got.value(i), wanted.value(i));
    return {};
}

// The same without what is told by `part`.
Selection without(Selection selection, const auto &part)
{
    part(selection);
    return selection;
}

// Row by row.
std::vector<Ns> durationsOf(const Recording &recording, const Selection &selection, DurationKind of)
{
    const ExitFilter filter(selection, recording.reasons);
    std::vector<Ns> durations;
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        const ExitColumns &exits = vcpu.vcpu->exits;
        if (!filter.passesVcpu(vcpu.key))
            continue;
        for (std::size_t i = 0; i < exits.size(); ++i) {
            const Ns time = exits.time(i);
            if (time < selection.from.value_or(time) || time >= selection.to.value_or(time + 1))
                continue;
            if (const auto duration = filter.durationOf(*vcpu.host, exits, i, of); duration && filter.passes(vcpu, i))
                durations.push_back(*duration);
        }
    }
    std::ranges::sort(durations);
    return durations;
}

void addShapes(int manyReasons = 80)
{
    QTest::addColumn<ExitsShape>("shape");
    QTest::newRow("of no block") << ExitsShape{.exits = 40};
    QTest::newRow("of many blocks") << ExitsShape{.exits = 20'000, .oddPercent = 10};
    QTest::newRow("one host lacks switches")
        << ExitsShape{.exits = 12'000, .vms = 2, .switchesRecorded = false, .oddPercent = 5};
    QTest::newRow("many reasons") << ExitsShape{.exits = 30'000, .reasons = manyReasons};
}

} // namespace

void TestQuickNumbers::rowByRowEqualsStatistics()
{
    const auto [first, end] = seeds(kSeeds);
    for (std::uint32_t seed = first; seed < end; ++seed) {
        const auto recording = randomRecording(seed);
        Dice dice(seed);
        for (int i = 0; i < 6; ++i) {
            const Selection selection = randomSelection(*recording, BandBorders::Any, dice);
            const QString found
                = difference(sumsOf(*recording, selection, sumsRowByRow(*recording, selection)), *recording, selection);
            QVERIFY2(found.isEmpty(), qPrintable(QStringLiteral("seed %1, %2").arg(seed).arg(found)));
        }
    }
}

void TestQuickNumbers::anyRangeEqualsStatistics_data()
{
    addShapes();
}

void TestQuickNumbers::anyRangeEqualsStatistics()
{
    QFETCH(ExitsShape, shape);
    const auto recording = makeExits(shape);
    Dice dice(7);
    for (int i = 0; i < 60; ++i) {
        const Selection selection = randomSelection(*recording, BandBorders::Any, dice);
        const ExitSums sums(recording, selection);
        QVERIFY(sums.isOf(recording.get(), selection));
        const SumsSource source = [&](const VcpuAt &vcpu) { return sums.of(vcpu, selection); };
        const QString found = difference(sumsOf(*recording, selection, source), *recording, selection);
        QVERIFY2(found.isEmpty(), qPrintable(QStringLiteral("selection %1, %2").arg(i).arg(found)));
    }
}

void TestQuickNumbers::anyBandOfBinsEqualsStatistics_data()
{
    addShapes(20); // of more there are as many sums as exits
}

void TestQuickNumbers::anyBandOfBinsEqualsStatistics()
{
    QFETCH(ExitsShape, shape);
    const auto recording = makeExits(shape);
    Dice dice(8);
    int held = 0;
    for (int i = 0; i < 60; ++i) {
        const Selection selection = randomSelection(*recording, BandBorders::OfBins, dice);
        const BandSums sums(recording, selection);
        if (!hasBorder(bandIn(selection)))
            continue;
        QVERIFY(sums.holds(recording.get(), selection));
        ++held;
        const SumsSource source = [&](const VcpuAt &vcpu) { return sums.of(vcpu, selection); };
        const QString found = difference(sumsOf(*recording, selection, source), *recording, selection);
        QVERIFY2(found.isEmpty(), qPrintable(QStringLiteral("selection %1, %2").arg(i).arg(found)));
    }
    QVERIFY(held > 20);
}

void TestQuickNumbers::otherBandsAreNotHeld()
{
    const auto recording = makeExits({.exits = 100});
    Selection selection;
    selection.from = boundsOf(*recording).from;
    const BandSums sums(recording, selection);
    QVERIFY(!sums.holds(recording.get(), selection)); // no band
    selection.minNs = DurationBins::lower(5);
    QVERIFY(sums.holds(recording.get(), selection));
    selection.maxNs = DurationBins::lower(9) + 1; // within a bin
    QVERIFY(!sums.holds(recording.get(), selection));
    selection.maxNs = DurationBins::lower(9);
    QVERIFY(sums.holds(recording.get(), selection));
    selection.minNs = DurationBins::lower(0); // the first bin holds shorter ones too
    QVERIFY(!sums.holds(recording.get(), selection));
    selection.minNs = 0;
    QVERIFY(sums.holds(recording.get(), selection));
    selection.maxNs = DurationBins::lower(DurationBins::kCount); // and the last one longer ones
    QVERIFY(!sums.holds(recording.get(), selection));
    selection.maxNs.reset();
    selection.vcpus = {VcpuKey{{0, 0}, 1}}; // leaves out whole vCPUs
    selection.reasons = {recording->reasons[1].key}; // and whole kinds
    QVERIFY(sums.holds(recording.get(), selection));
    selection.addresses = {0x1000}; // leaves out single exits
    QVERIFY(!sums.holds(recording.get(), selection));
    selection.addresses.clear();
    selection.from = *selection.from + 1;
    QVERIFY(!sums.holds(recording.get(), selection));
    QVERIFY(!sums.holds(makeExits({.exits = 100}).get(), selection));
}

// A damaged trace: so many bins of so many kinds would be as large as the exits.
void TestQuickNumbers::manyReasonsKeepNoMoreThanTheirExits()
{
    const auto recording = makeExits({.exits = 20'000, .vcpus = 1, .reasons = 5'000});
    Selection selection;
    selection.minNs = DurationBins::lower(5);
    QVERIFY(!BandSums(recording, selection).holds(recording.get(), selection));
    const ExitSums sums(recording, selection);
    const SumsSource source = [&](const VcpuAt &vcpu) { return sums.of(vcpu, selection); };
    QCOMPARE(difference(sumsOf(*recording, selection, source), *recording, selection), QString());
}

void TestQuickNumbers::distributionsEqualStatistics_data()
{
    addShapes();
}

void TestQuickNumbers::distributionsEqualStatistics()
{
    QFETCH(ExitsShape, shape);
    const auto recording = makeExits(shape);
    Dice dice(9);
    for (int i = 0; i < 12; ++i) {
        const Selection selection = randomSelection(*recording, BandBorders::Any, dice);
        const Numbers numbers = numbersOf(recording, selection);
        QVERIFY(numbers.isWhole);
        const auto wanted = [&](const auto &part) { return statisticsOf(*recording, without(selection, part)); };
        const Statistics byReason = wanted([](Selection &of) { of.reasons.clear(); });
        QCOMPARE(linesOf(numbers.byReason->totals.reasons, Told::Percentiles),
            linesOf(byReason.totals.reasons, Told::Percentiles));
        const Statistics byScenario = wanted([](Selection &of) { of.scenarios.clear(); });
        QCOMPARE(linesOf(numbers.byScenario->totals.scenarios, Told::Percentiles),
            linesOf(byScenario.totals.scenarios, Told::Percentiles));
        const Statistics byVcpu = wanted([](Selection &of) { of.vcpus.clear(); });
        for (std::size_t vm = 0; vm < byVcpu.vms.size(); ++vm)
            for (std::size_t vcpu = 0; vcpu < byVcpu.vms[vm].vcpus.size(); ++vcpu)
                QCOMPARE(linesOf(numbers.byVcpu->vms[vm].vcpus[vcpu].totals.runs, Told::Percentiles),
                    linesOf(byVcpu.vms[vm].vcpus[vcpu].totals.runs, Told::Percentiles));
    }
}

void TestQuickNumbers::histogramsCountAllRows_data()
{
    addShapes();
}

void TestQuickNumbers::histogramsCountAllRows()
{
    QFETCH(ExitsShape, shape);
    const auto recording = makeExits(shape);
    Dice dice(10);
    for (int i = 0; i < 12; ++i) {
        const Selection selection = randomSelection(*recording, BandBorders::Any, dice);
        const Numbers numbers = numbersOf(recording, selection);
        for (const DurationHistogram *histogram : {&numbers.gross, &numbers.net, &numbers.runs}) {
            const std::vector<Ns> durations = durationsOf(*recording,
                without(selection,
                    [&](Selection &of) {
                        if (of.bandOf == histogram->of) {
                            of.minNs.reset();
                            of.maxNs.reset();
                        }
                    }),
                histogram->of);
            QCOMPARE(histogram->total, std::int64_t(durations.size()));
            std::int64_t counted = 0;
            for (int bin = 0; bin < DurationBins::kCount; ++bin) {
                for (const auto &counts : histogram->counts)
                    counted += counts[std::size_t(bin)];
                const auto below = std::ranges::lower_bound(durations, DurationBins::upper(bin));
                QCOMPARE(counted, std::int64_t(below - durations.begin()));
            }
            std::vector<Ns> values = durations;
            const Percentiles wanted = percentilesOf(values);
            QCOMPARE(histogram->p50, wanted.p50);
            QCOMPARE(histogram->p95, wanted.p95);
            QCOMPARE(histogram->p99, wanted.p99);
        }
    }
}

// All in one bin, in two that touch, and at the ends of what there can be.
void TestQuickNumbers::equalDurationsHaveTheirPercentiles()
{
    constexpr Ns kLongest = std::numeric_limits<Ns>::max();
    for (const auto &[low, high] : {std::pair<Ns, Ns>(500, 500), {63, 64}, {127, 128}, {0, kLongest}, {1, 2}}) {
        for (const int lows : {1'000, 1'023, 1'024, 1'900, 2'000}) {
            std::vector<Ns> values(std::size_t(lows), low);
            values.resize(2'000, high);
            DurationRanks ranks;
            for (const Ns value : values)
                ranks.count(BinnedDuration(value));
            QVERIFY(ranks.look());
            for (const Ns value : values)
                ranks.take(BinnedDuration(value));
            Distribution told;
            ranks.tell(told);
            const Percentiles wanted = percentilesOf(values);
            QCOMPARE(told.p50, wanted.p50);
            QCOMPARE(told.p95, wanted.p95);
            QCOMPARE(told.p99, wanted.p99);
            QCOMPARE(told.min, std::optional(low));
            QCOMPARE(told.max, std::optional(lows == 2'000 ? low : high));
        }
    }
}

QTEST_GUILESS_MAIN(TestQuickNumbers)
#include "tst_quick_numbers.moc"
