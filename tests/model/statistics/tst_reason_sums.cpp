// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <random>

#include "model/statistics/reason_sums.h"

using namespace exitscope;

class TestReasonSums : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutExits();
    void randomRangesEqualASum();
};

namespace {

constexpr std::uint16_t kReasons = 4;

ExitColumns randomExits(std::mt19937 &random)
{
    ExitColumns exits;
    Ns time = 1000;
    for (int i = 0; i < 1000; ++i) {
        time += Ns(random() % 3); // some at equal times
        const bool timed = random() % 4 != 0;
        const auto part = [&] { return timed ? Ns(random() % 100) : Ns(0); };
        exits.time.push_back(time);
        exits.end.push_back(timed ? time + 100 : kNoTime);
        exits.parts.push_back({part(), part(), part(), part(), part(), part()});
        exits.reason.push_back(std::uint16_t(random() % (kReasons - 1))); // the last has none
    }
    return exits;
}

} // namespace

void TestReasonSums::withoutExits()
{
    const ExitColumns exits;
    const ReasonSums sums(exits, 1);
    QVERIFY(sums.total(0) == ReasonSum{});
    const TimeRange any{0, 100};
    QVERIFY(sums.within(0, any) == ReasonSum{});
}

void TestReasonSums::randomRangesEqualASum()
{
    std::mt19937 random(5);
    const ExitColumns exits = randomExits(random);
    const ReasonSums sums(exits, kReasons);
    for (int round = 0; round < 1000; ++round) {
        const TimeRange range{990 + Ns(random() % 1100), 990 + Ns(random() % 1100)};
        const auto reason = std::uint16_t(random() % kReasons);
        ReasonSum expected;
        ReasonSum all;
        for (std::size_t i = 0; i < exits.size(); ++i) {
            if (exits.reason[i] != reason)
                continue;
            const ReasonSum one{1, exits.end[i] != kNoTime ? 1 : 0, exits.parts[i]};
            const bool inside = exits.time[i] >= range.from && exits.time[i] < range.to;
            for (ReasonSum *sum : {&all, inside ? &expected : nullptr}) {
                if (sum == nullptr)
                    continue;
                sum->count += one.count;
                sum->timed += one.timed;
                sum->parts += one.parts;
            }
        }
        QVERIFY(sums.within(reason, range) == expected);
        QVERIFY(sums.total(reason) == all);
    }
}

QTEST_GUILESS_MAIN(TestReasonSums)
#include "tst_reason_sums.moc"
