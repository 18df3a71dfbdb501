// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <atomic>
#include <new>
#include <vector>

#include "model/parallel.h"

using namespace exitscope;

class TestParallel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachIsDoneOnce();
    void notMoreThreadsThanAllowed();
    void whatIsThrownArrives();
};

void TestParallel::eachIsDoneOnce()
{
    std::vector<int> done(1000);
    inParallel(
        done.size(), [&](std::size_t i) { ++done[i]; });
    QVERIFY(std::ranges::all_of(
        done, [](int times) { return times == 1; }));
    inParallel(0, [](std::size_t) { QFAIL("there is nothing to do"); });
}

void TestParallel::notMoreThreadsThanAllowed()
{
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    inParallel(20, 1, [&](std::size_t) {
        most = std::max<int>(most, ++now);
        QTest::qSleep(1);
        --now;
    });
    QCOMPARE(most.load(), 1);
}

// Of whichever thread, as what it was; what has not begun then is left out.
void TestParallel::whatIsThrownArrives()
{
    std::atomic<int> begun = 0;
    const auto fail = [&](std::size_t i) {
        ++begun;
        if (i >= 1)
            throw std::bad_alloc();
        QTest::qSleep(20); // so that another thread, where there is one, takes the next
    };
    QVERIFY_THROWS_EXCEPTION(std::bad_alloc, inParallel(100'000, fail));
    QVERIFY(begun < 100'000);
    QVERIFY_THROWS_EXCEPTION(std::bad_alloc, inParallel(2, 1, fail));
}

QTEST_GUILESS_MAIN(TestParallel)
#include "tst_parallel.moc"
