// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/number_map.h"

#include <QtTest>

#include <map>
#include <random>

using namespace exitscope;

class TestNumberMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isAMap();
    void valuesStayWhereTheyAre();
};

namespace {

// The borders of what is dense, and numbers that no kernel gives.
constexpr std::int32_t kNumbers[]
    = {-2147483647 - 1, -2, -1, 0, 1, 63, 64, 65, 127, 4000, 65535, (1 << 22) - 1, 1 << 22, (1 << 22) + 1, 2147483647};

} // namespace

void TestNumberMap::isAMap()
{
    std::mt19937 random(7);
    NumberMap<int> numbers;
    std::map<std::int32_t, int> expected;
    const auto isEven = [](std::int32_t, int value) { return value % 2 == 0; };
    for (int round = 0; round < 20'000; ++round) {
        const std::int32_t number = kNumbers[random() % std::size(kNumbers)];
        switch (random() % 40) {
        case 0:
            numbers.eraseIf(isEven);
            std::erase_if(expected, [&](const auto &entry) { return isEven(entry.first, entry.second); });
            break;
        case 1:
            numbers.clear();
            expected.clear();
            break;
        default:
            if (random() % 3 == 0) {
                numbers.erase(number);
                expected.erase(number);
            } else {
                numbers[number] = expected[number] = round;
            }
        }
        const int *found = numbers.find(number);
        QCOMPARE(found != nullptr, expected.contains(number));
        QCOMPARE(numbers.contains(number), expected.contains(number));
        if (found)
            QCOMPARE(*found, expected.at(number));
        std::map<std::int32_t, int> all;
        numbers.forEach([&](std::int32_t each, int value) { all[each] = value; });
        QCOMPARE(all == expected, true);
    }
}

void TestNumberMap::valuesStayWhereTheyAre()
{
    NumberMap<int> numbers;
    int *first = &numbers[3];
    *first = 5;
    for (std::int32_t number = 4; number < 100'000; ++number)
        numbers[number] = number;
    QCOMPARE(&numbers[3], first);
    QCOMPARE(*first, 5);
}

QTEST_GUILESS_MAIN(TestNumberMap)
#include "tst_number_map.moc"
