// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/timeline/irq_stack.h"

using namespace exitscope;

// Which handlers end with what (manual "Definitions", Interrupts).
class TestIrqStack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitEndsTheInnermostOfItsKind();
    void exitWithoutEntry();
    void anotherThreadEndsWhatIsNotItsOwn();
    void whatTheDeadLeftIsOfNobody();
    void allEndTogether();
};

namespace {

// "12 of 31", by begin and thread.
QStringList text(const std::vector<IrqStack::Work> &works)
{
    QStringList texts;
    for (const IrqStack::Work &work : works)
        texts << QStringLiteral("%1 of %2").arg(work.begin).arg(work.tid);
    return texts;
}

QStringList text(const std::optional<IrqStack::Work> &work)
{
    return work ? text(std::vector{*work}) : QStringList();
}

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromLatin1(text);
    return result;
}

} // namespace

void TestIrqStack::exitEndsTheInnermostOfItsKind()
{
    IrqStack stack;
    QVERIFY(stack.isEmpty());
    stack.begin(IrqSource::Handler, 10, 31);
    stack.begin(IrqSource::Softirq, 11, 31);
    stack.begin(IrqSource::Handler, 12, 31);
    stack.begin(IrqSource::Hrtimer, 13, 31);
    QCOMPARE(text(stack.end(IrqSource::Handler)), list({"12 of 31"}));
    QCOMPARE(text(stack.open()), list({"10 of 31", "11 of 31", "13 of 31"}));
    QCOMPARE(text(stack.end(IrqSource::Handler)), list({"10 of 31"}));
    QCOMPARE(text(stack.open()), list({"11 of 31", "13 of 31"}));
}

void TestIrqStack::exitWithoutEntry()
{
    IrqStack stack;
    stack.begin(IrqSource::Softirq, 11, 31);
    QCOMPARE(text(stack.end(IrqSource::Vector)), QStringList());
    QCOMPARE(text(stack.open()), list({"11 of 31"}));
}

// Work of which nobody knows the thread may be its own.
void TestIrqStack::anotherThreadEndsWhatIsNotItsOwn()
{
    IrqStack stack;
    stack.begin(IrqSource::Handler, 10, 0);
    stack.begin(IrqSource::Softirq, 11, 31);
    stack.begin(IrqSource::Hrtimer, 12, kNoThread);
    stack.begin(IrqSource::Handler, 13, 70);
    QCOMPARE(text(stack.endOfOthers(31)), list({"10 of 0", "13 of 70"}));
    QCOMPARE(text(stack.open()), list({"11 of 31", "12 of -1"}));
    QCOMPARE(text(stack.endOfOthers(31)), QStringList());
}

// It stays open, but is no longer that of a thread with this number.
void TestIrqStack::whatTheDeadLeftIsOfNobody()
{
    IrqStack stack;
    stack.begin(IrqSource::Softirq, 11, 31);
    stack.begin(IrqSource::Hrtimer, 12, 32);
    QCOMPARE(text(stack.endOfOthers(31)), list({"12 of 32"}));
    stack.bury(31);
    QCOMPARE(text(stack.open()), list({"11 of -2"}));
    stack.begin(IrqSource::Handler, 13, 31);
    QCOMPARE(text(stack.endOfOthers(31)), list({"11 of -2"}));
    QCOMPARE(text(stack.end(IrqSource::Handler)), list({"13 of 31"}));
}

void TestIrqStack::allEndTogether()
{
    IrqStack stack;
    stack.begin(IrqSource::Handler, 10, 31);
    stack.begin(IrqSource::Vector, 12, 0);
    QCOMPARE(text(stack.endAll()), list({"10 of 31", "12 of 0"}));
    QVERIFY(stack.isEmpty());
}

QTEST_GUILESS_MAIN(TestIrqStack)
#include "tst_irq_stack.moc"
