// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <thread>

#include "model/session/newest_job.h"

using namespace exitscope;
using namespace std::chrono_literals;

class TestNewestJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newestEndsTheOneBefore();
    void whatIsDoneSoonIsNotEnded();
    void cancelEndsAll();
    void endOfTheOwnerEndsTheWork();

private:
    // Works until it is told to end.
    static NewestJob::Work endless(std::atomic<int> &ended, int &finished)
    {
        return [&](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            while (!cancel)
                std::this_thread::sleep_for(1ms);
            ++ended;
            return [&] { ++finished; };
        };
    }
};

void TestNewestJob::newestEndsTheOneBefore()
{
    QObject owner;
    NewestJob job(owner);
    std::atomic<int> ended = 0;
    int finished = 0;
    bool isDone = false;
    job.start(endless(ended, finished));
    job.start(endless(ended, finished)); // passed over
    job.start([&](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        return [&, cancelled = cancel.load()] { isDone = !cancelled; };
    });
    QTRY_VERIFY(!job.isBusy());
    QVERIFY(isDone);
    QCOMPARE(ended, 1);
    QCOMPARE(finished, 0); // what is not whole is not shown
}

// Steps of a drag come faster than this: each would end the one before it, and none would be seen.
void TestNewestJob::whatIsDoneSoonIsNotEnded()
{
    QObject owner;
    NewestJob job(owner);
    std::atomic<bool> mayEnd = false;
    int finished = 0;
    const auto quick = [&](const std::atomic<bool> &) -> NewestJob::Finish {
        while (!mayEnd)
            std::this_thread::sleep_for(1ms);
        return [&] { ++finished; };
    };
    job.start(quick);
    job.start(quick);
    mayEnd = true;
    QTRY_VERIFY(!job.isBusy());
    QCOMPARE(finished, 2);
}

// At once, and what waits does not begin; what is started afterwards runs.
void TestNewestJob::cancelEndsAll()
{
    QObject owner;
    NewestJob job(owner);
    std::atomic<int> ended = 0;
    int finished = 0;
    job.cancel(); // of nothing
    job.start(endless(ended, finished));
    job.start(endless(ended, finished));
    job.cancel();
    QTRY_VERIFY(!job.isBusy());
    QCOMPARE(ended, 1);
    QCOMPARE(finished, 0);
    bool isDone = false;
    job.start(endless(ended, finished));
    job.cancel();
    job.start([&](const std::atomic<bool> &) -> NewestJob::Finish { return [&] { isDone = true; }; });
    QTRY_VERIFY(!job.isBusy());
    QVERIFY(isDone);
    QCOMPARE(ended, 2);
    QCOMPARE(finished, 0);
}

void TestNewestJob::endOfTheOwnerEndsTheWork()
{
    std::atomic<int> ended = 0;
    int finished = 0;
    {
        QObject owner;
        NewestJob job(owner);
        job.start(endless(ended, finished));
    }
    QCOMPARE(ended, 1);
    QCOMPARE(finished, 0);
}

QTEST_GUILESS_MAIN(TestNewestJob)
#include "tst_newest_job.moc"
