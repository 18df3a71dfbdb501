// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <limits>
#include <random>

#include "model/timeline/state_borders.h"

using namespace exitscope;

class TestTimeIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsWhatAPlainSearchFinds_data();
    void findsWhatAPlainSearchFinds();
    void statesBetweenBorders_data();
    void statesBetweenBorders();
    void noStates();
};

using Times = std::vector<Ns>;

Q_DECLARE_METATYPE(Times)

namespace {

constexpr Ns kEpoch = 1'800'000'000'000'000'000; // where real traces are

Times randomTimes(std::size_t count, Ns mostBetween, std::uint32_t seed)
{
    std::mt19937_64 random(seed);
    Times times;
    Ns t = kEpoch;
    for (std::size_t i = 0; i < count; ++i)
        times.push_back(t += Ns(random() % std::uint64_t(mostBetween + 1)));
    return times;
}

// Every time that there is, one beside it on both sides, and what is far from all.
Times soughtIn(const Times &times)
{
    Times sought{std::numeric_limits<Ns>::min(), -1, 0, kEpoch - 1'000'000};
    for (const Ns t : times)
        sought.insert(sought.end(), {t - 1, t, t + 1});
    sought.insert(sought.end(), {kEpoch + 4'000'000'000'000'000'000, std::numeric_limits<Ns>::max()});
    std::ranges::sort(sought);
    return sought;
}

} // namespace

void TestTimeIndex::findsWhatAPlainSearchFinds_data()
{
    QTest::addColumn<Times>("times");
    for (const int count : {0, 1, 2, 63, 64, 65, 66, 127, 128, 129, 1000, 4096})
        QTest::addRow("%d far from each other", count) << randomTimes(std::size_t(count), 1'000'000, 1);
    QTest::newRow("many equals") << randomTimes(3000, 1, 2);
    QTest::newRow("all equal") << Times(1000, kEpoch);
    Times bursts;
    for (int i = 0; i < 20; ++i) {
        const Times burst = randomTimes(std::size_t(i * 13), 2, std::uint32_t(i));
        for (const Ns t : burst)
            bursts.push_back(t + i * 1'000'000'000LL);
    }
    QTest::newRow("bursts") << bursts;
}

void TestTimeIndex::findsWhatAPlainSearchFinds()
{
    QFETCH(Times, times);
    TimeIndex index;
    for (const Ns t : times)
        index.append(t);
    const auto timeAt = [&](std::size_t i) { return times[i]; };
    const Times sought = soughtIn(times);
    // All of them, and with steps between, as wide columns have.
    for (const std::size_t step : {std::size_t(1), std::size_t(7), std::size_t(150), sought.size()}) {
        Times some;
        std::vector<std::size_t> expected;
        for (std::size_t i = 0; i < sought.size(); i += step) {
            some.push_back(sought[i]);
            expected.push_back(std::size_t(std::ranges::lower_bound(times, sought[i]) - times.begin()));
            QCOMPARE(index.lowerBound(sought[i], timeAt), expected.back());
        }
        for (const std::size_t together : {std::size_t(1), std::size_t(16), some.size()}) {
            std::vector<std::size_t> found(some.size());
            TimeIndex::Near near;
            std::size_t fetched = 0; // positions
            for (std::size_t k = 0; k < some.size(); k += together) {
                const std::size_t count = std::min(together, some.size() - k);
                index.lowerBounds(std::span(some).subspan(k, count), std::span(found).subspan(k, count), near, timeAt,
                    [&](std::size_t first, std::size_t last) {
                        QVERIFY(first < last && last <= times.size());
                        fetched += last - first;
                    });
            }
            QVERIFY(found == expected);
            QVERIFY(fetched <= times.size()); // nothing twice
        }
    }
}

void TestTimeIndex::statesBetweenBorders_data()
{
    QTest::addColumn<int>("columns");
    QTest::addColumn<Ns>("before"); // so far before and behind the states
    // Of 3,000 intervals: hundreds in each column, some, less than one; and columns shorter than a ns.
    for (const int columns : {1, 7, 40, 999, 10'000, 200'000}) {
        QTest::addRow("%d columns", columns) << columns << Ns(0);
        QTest::addRow("%d columns, more than there is", columns) << columns << Ns(30'000);
    }
}

// Of each ns it is written down what the vCPU is, and this is counted.
void TestTimeIndex::statesBetweenBorders()
{
    QFETCH(int, columns);
    QFETCH(Ns, before);
    std::mt19937 random(7);
    std::vector<std::size_t> stateOfNs;
    std::vector<std::size_t> intervalOfNs;
    StateColumns states;
    states.start(kEpoch);
    for (std::size_t i = 0, state = 0; i < 3000; ++i) {
        state = (state + 1 + random() % (kVcpuStates - 1)) % kVcpuStates;
        const std::size_t length = 1 + random() % 60;
        stateOfNs.insert(stateOfNs.end(), length, state);
        intervalOfNs.insert(intervalOfNs.end(), length, i);
        states.append(kEpoch + Ns(stateOfNs.size()), static_cast<VcpuState>(state), 1);
    }
    QCOMPARE(states.size(), std::size_t(3000));
    const Ns length = Ns(stateOfNs.size());
    Times borders;
    for (int column = 0; column <= columns; ++column)
        borders.push_back(kEpoch - before + (length + 2 * before) * column / columns);
    StateBorders of(states, borders);
    for (std::size_t k = 0; k + 1 < borders.size(); ++k) {
        const Ns from = borders[k] - kEpoch;
        const Ns to = borders[k + 1] - kEpoch;
        const bool isInside = from >= 0 && from < length;
        QCOMPARE(of.at(k), isInside ? intervalOfNs[std::size_t(from)] : states.size());
        TimePerState expected{};
        for (Ns t = std::max<Ns>(from, 0); t < std::min(to, length); ++t)
            ++expected[stateOfNs[std::size_t(t)]];
        QVERIFY2(of.after(k) == expected, qPrintable(QString::number(k)));
        if (k % 5 == 4)
            k += 3; // columns that one interval fills are not asked for
    }
}

void TestTimeIndex::noStates()
{
    const Times borders{-5, 0, 5, kEpoch};
    const StateColumns none;
    StateBorders of(none, borders);
    for (std::size_t k = 0; k + 1 < borders.size(); ++k) {
        QCOMPARE(of.at(k), std::size_t(0));
        QVERIFY(of.after(k) == TimePerState{});
    }
}

QTEST_APPLESS_MAIN(TestTimeIndex)
#include "tst_time_index.moc"
