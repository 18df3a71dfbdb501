// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <random>

#include "model/statistics/statistics.h"

using namespace exitscope;

class TestDistribution : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ofNothing();
    void ofOne();
    void nearestRank();
    void deviationOfLargeValues();
    void randomValuesEqualSorting();
};

void TestDistribution::ofNothing()
{
    const Distribution of = distributionOf({});
    QCOMPARE(of.count, std::int64_t(0));
    QCOMPARE(of.total, Ns(0));
    QVERIFY(!of.min && !of.max && !of.p50 && !of.p95 && !of.p99 && !of.mean && !of.stddev);
}

void TestDistribution::ofOne()
{
    std::vector<Ns> values{42};
    const Distribution of = distributionOf(values);
    QCOMPARE(of.count, std::int64_t(1));
    QCOMPARE(of.total, Ns(42));
    for (const std::optional<Ns> value : {of.min, of.max, of.p50, of.p95, of.p99})
        QCOMPARE(value.value(), Ns(42));
    QCOMPARE(of.mean.value(), 42.0);
    QCOMPARE(of.stddev.value(), 0.0);
}

void TestDistribution::nearestRank()
{
    std::vector<Ns> values{50, 15, 40, 20, 35};
    const Distribution of = distributionOf(values);
    QCOMPARE(of.p50.value(), Ns(35));
    QCOMPARE(of.p95.value(), Ns(50));
    QCOMPARE(of.mean.value(), 32.0);
    QCOMPARE(of.stddev.value(), 12.9); // 12.884
    std::vector<Ns> hundred;
    for (Ns i = 100; i > 0; --i)
        hundred.push_back(i);
    const Distribution ofHundred = distributionOf(hundred);
    QCOMPARE(ofHundred.p50.value(), Ns(50));
    QCOMPARE(ofHundred.p95.value(), Ns(95));
    QCOMPARE(ofHundred.p99.value(), Ns(99));
}

// Their squares do not fit into 64 bits, and their sum not into a double.
void TestDistribution::deviationOfLargeValues()
{
    constexpr Ns kHuge = 1'000'000'000'000'000'000;
    std::vector<Ns> values{kHuge + 1, kHuge + 3, kHuge + 2, kHuge + 4};
    const Distribution of = distributionOf(values);
    QCOMPARE(of.total, 4 * kHuge + 10);
    QCOMPARE(of.stddev.value(), 1.1); // 1.118
}

void TestDistribution::randomValuesEqualSorting()
{
    std::mt19937_64 random(11);
    for (int round = 0; round < 300; ++round) {
        std::vector<Ns> values(1 + random() % 200);
        for (Ns &value : values)
            value = Ns(random() % 50);
        std::vector<Ns> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const auto percentile = [&](double percent) {
            std::size_t rank = 1;
            while (double(rank) * 100.0 < percent * double(sorted.size()))
                ++rank;
            return sorted[rank - 1];
        };
        const Distribution of = distributionOf(values);
        QCOMPARE(of.min.value(), sorted.front());
        QCOMPARE(of.max.value(), sorted.back());
        QCOMPARE(of.p50.value(), percentile(50));
        QCOMPARE(of.p95.value(), percentile(95));
        QCOMPARE(of.p99.value(), percentile(99));
    }
}

QTEST_GUILESS_MAIN(TestDistribution)
#include "tst_distribution.moc"
