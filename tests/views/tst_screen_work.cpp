// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QStringList>
#include <QTest>

#include <memory>
#include <utility>

#include "views/chart/screen_work.h"

using namespace exitscope;

class TestScreenWork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachTurnDoesOne();
    void askedAgainItIsDoneOnce();
    void askedWhileItIsDoneItComesAgain();
    void theFrontAndTheLineTakeTurns();
    void whatIsForgottenOrGoneIsNotDone();

private:
    std::unique_ptr<ScreenWork> work(const char *name, ScreenWork::Place place = ScreenWork::Place::Line)
    {
        return std::make_unique<ScreenWork>([this, name] { m_done << QLatin1String(name); }, place);
    }
    static void turn() { QCoreApplication::processEvents(); }
    QString doneInAll()
    {
        while (!ScreenWork::isAllDone())
            turn();
        return std::exchange(m_done, {}).join(QLatin1Char(' '));
    }

    QStringList m_done;
};

void TestScreenWork::eachTurnDoesOne()
{
    const auto a = work("a"), b = work("b"), c = work("c");
    for (const auto *each : {&a, &b, &c})
        (*each)->ask();
    QVERIFY(m_done.isEmpty()); // not at once
    for (qsizetype turns = 1; turns <= 3; ++turns) {
        QVERIFY(!ScreenWork::isAllDone());
        turn();
        QCOMPARE(m_done.size(), turns);
    }
    QVERIFY(ScreenWork::isAllDone() && !a->isAsked());
    QCOMPARE(doneInAll(), QStringLiteral("a b c"));
}

void TestScreenWork::askedAgainItIsDoneOnce()
{
    const auto a = work("a"), b = work("b");
    a->ask();
    b->ask();
    a->ask();
    QCOMPARE(doneInAll(), QStringLiteral("a b"));
}

void TestScreenWork::askedWhileItIsDoneItComesAgain()
{
    int times = 0;
    std::unique_ptr<ScreenWork> again;
    again = std::make_unique<ScreenWork>([&] {
        m_done << QLatin1String("again");
        if (++times < 2)
            again->ask();
    });
    const auto b = work("b");
    again->ask();
    b->ask();
    QCOMPARE(doneInAll(), QStringLiteral("again b again"));
}

// What is dragged comes first, and at each step again; the others are done nevertheless.
void TestScreenWork::theFrontAndTheLineTakeTurns()
{
    const auto a = work("a"), b = work("b");
    std::unique_ptr<ScreenWork> dragged;
    dragged = std::make_unique<ScreenWork>(
        [&] {
            m_done << QLatin1String("dragged");
            if (m_done.size() < 6)
                dragged->ask();
        },
        ScreenWork::Place::Front);
    a->ask();
    b->ask();
    dragged->ask();
    QCOMPARE(doneInAll(), QStringLiteral("dragged a dragged b dragged dragged"));
}

void TestScreenWork::whatIsForgottenOrGoneIsNotDone()
{
    auto a = work("a"), b = work("b");
    const auto c = work("c");
    a->ask();
    b->ask();
    c->ask();
    a.reset();
    b->forget();
    QCOMPARE(doneInAll(), QStringLiteral("c"));
    b->ask();
    b.reset();
    QVERIFY(ScreenWork::isAllDone());
    turn();
    QVERIFY(m_done.isEmpty());
}

QTEST_MAIN(TestScreenWork)
#include "tst_screen_work.moc"
