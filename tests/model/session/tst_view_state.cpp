// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "model/guest/exit_guests.h"
#include "model/session/view_state.h"

using namespace exitscope;

class TestViewState : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void resetShowsAll();
    void visibleIsClamped_data();
    void visibleIsClamped();
    void zoomKeepsThePointUnderThePointer();
    void fitGoesToTheSelectionAndBack();
    void selectionIsOrderedAndClamped();
    void emptySelectionIsNone();
    void sameValueIsNoStep();
    void gestureIsOneStep();
    void gestureThatComesBackIsNoStep();
    void currentExitIsToldUntilThePointerMoves();
    void undoRestoresWholeValues();
    void changeAfterUndoForgetsRedo();
    void filtersMakeASelection();
    void whatSelectsAsAnotherHasItsSelection();
    void signalCarriesBothValues();

private:
    std::unique_ptr<ViewState> m_state;
};

void TestViewState::init()
{
    m_state = std::make_unique<ViewState>();
    m_state->reset({1000, 101000});
}

void TestViewState::resetShowsAll()
{
    m_state->setMeasure(Measure::Net);
    m_state->select(TimeRange{2000, 3000});
    m_state->reset({0, 500});
    QCOMPARE(m_state->values().visible, (TimeRange{0, 500}));
    QVERIFY(!m_state->values().selected);
    QCOMPARE(m_state->values().measure, Measure::Net);
    QVERIFY(!m_state->canUndo());
}

void TestViewState::visibleIsClamped_data()
{
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    QTest::addColumn<qint64>("expectedFrom");
    QTest::addColumn<qint64>("expectedTo");
    QTest::newRow("inside") << 5000LL << 6000LL << 5000LL << 6000LL;
    QTest::newRow("turned round") << 6000LL << 5000LL << 5000LL << 6000LL;
    QTest::newRow("left of the begin: moved") << -500LL << 500LL << 1000LL << 2000LL;
    QTest::newRow("right of the end: moved") << 100500LL << 101500LL << 100000LL << 101000LL;
    QTest::newRow("longer than all") << 0LL << 999999LL << 1000LL << 101000LL;
    QTest::newRow("too short: grown around its middle") << 5000LL << 5010LL << 4955LL << 5055LL;
}

void TestViewState::visibleIsClamped()
{
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    QFETCH(qint64, expectedFrom);
    QFETCH(qint64, expectedTo);
    m_state->setVisible({from, to});
    QCOMPARE(m_state->values().visible, (TimeRange{expectedFrom, expectedTo}));
}

void TestViewState::zoomKeepsThePointUnderThePointer()
{
    m_state->zoom(0.5, 26000);
    QCOMPARE(m_state->values().visible, (TimeRange{13500, 63500}));
    m_state->zoom(2, 26000);
    QCOMPARE(m_state->values().visible, (TimeRange{1000, 101000}));
}

void TestViewState::fitGoesToTheSelectionAndBack()
{
    m_state->select(TimeRange{20000, 30000});
    m_state->fit();
    QCOMPARE(m_state->values().visible, (TimeRange{20000, 30000}));
    m_state->fit();
    QCOMPARE(m_state->values().visible, (TimeRange{1000, 101000}));
}

void TestViewState::selectionIsOrderedAndClamped()
{
    m_state->select(TimeRange{9000, -5});
    QCOMPARE(*m_state->values().selected, (TimeRange{1000, 9000}));
}

void TestViewState::emptySelectionIsNone()
{
    m_state->select(TimeRange{9000, 9000});
    QVERIFY(!m_state->values().selected);
    QVERIFY(!m_state->canUndo());
}

void TestViewState::sameValueIsNoStep()
{
    QSignalSpy changed(m_state.get(), &ViewState::changed);
    m_state->setVisible({1000, 101000});
    m_state->setMeasure(Measure::Count);
    QCOMPARE(changed.count(), 0);
    QVERIFY(!m_state->canUndo());
}

void TestViewState::gestureIsOneStep()
{
    const GestureId drag = m_state->newGesture();
    m_state->select(TimeRange{2000, 3000}, drag);
    m_state->select(TimeRange{2000, 4000}, drag);
    m_state->select(TimeRange{2000, 5000}, drag);
    const GestureId wheel = m_state->newGesture();
    m_state->zoom(0.9, 5000, wheel);
    m_state->zoom(0.9, 5000, wheel);
    m_state->undo();
    QCOMPARE(m_state->values().visible, m_state->bounds());
    QCOMPARE(*m_state->values().selected, (TimeRange{2000, 5000}));
    m_state->undo();
    QVERIFY(!m_state->values().selected);
    QVERIFY(!m_state->canUndo());
    m_state->select(TimeRange{2000, 3000}, drag); // an undone gesture does not go on
    QVERIFY(m_state->canUndo());
}

void TestViewState::gestureThatComesBackIsNoStep()
{
    const ViewValues before = m_state->values();
    const GestureId gesture = m_state->newGesture();
    m_state->select(TimeRange{m_state->bounds().from, m_state->bounds().from + 500}, gesture);
    QVERIFY(m_state->canUndo());
    m_state->select(std::nullopt, gesture);
    QVERIFY(!m_state->canUndo() && m_state->values() == before);
    m_state->select(TimeRange{m_state->bounds().from, m_state->bounds().from + 500}, gesture);
    QVERIFY(m_state->canUndo());
    m_state->undo();
    QVERIFY(m_state->values() == before);
}

void TestViewState::currentExitIsToldUntilThePointerMoves()
{
    m_state->setHovered(ExitRef{VcpuKey{{0, 0}, 0}, 3});
    m_state->setCurrent(ExitRef{VcpuKey{{0, 0}, 0}, 4});
    QVERIFY(!m_state->hovered());
}

void TestViewState::undoRestoresWholeValues()
{
    m_state->toggleReason({2, 114});
    m_state->toggleVcpu(VcpuKey{{0, 0}, 0});
    m_state->toggleScenario(Scenario::Halt);
    m_state->setBand(DurationBand{DurationKind::Net, 10, 20});
    const ViewValues all = m_state->values();
    m_state->clearFilters();
    QVERIFY(m_state->values().reasons.empty());
    m_state->undo();
    QVERIFY(m_state->values() == all);
    m_state->redo();
    QVERIFY(m_state->values().reasons.empty() && !m_state->values().band);
    for (int i = 0; i < 5; ++i)
        m_state->undo();
    QVERIFY(!m_state->canUndo());
    QVERIFY(m_state->values().vcpus.empty());
}

void TestViewState::changeAfterUndoForgetsRedo()
{
    m_state->toggleReason({2, 114});
    m_state->undo();
    QVERIFY(m_state->canRedo());
    m_state->toggleReason({2, 123});
    QVERIFY(!m_state->canRedo());
}

// Each of some states with each.
void TestViewState::whatSelectsAsAnotherHasItsSelection()
{
    std::vector<ViewValues> states(9);
    const auto guests = std::make_shared<const ExitGuests>();
    states[1].visible = {10, 20};
    states[2].selected = TimeRange{10, 20};
    states[3].band = DurationBand{DurationKind::Net, 10, 20};
    states[4].targets = {Target::of(TargetKind::Port, 0x3f8)};
    states[5].guests = guests;
    states[6].threads = {QStringLiteral("pio-289")};
    states[7].threads = states[6].threads;
    states[7].guests = guests;
    states[8] = states[7];
    states[8].measure = Measure::Net;
    int same = 0;
    for (const ViewValues &a : states)
        for (const ViewValues &b : states) {
            QCOMPARE(a.selectsAs(b), a.selection() == b.selection());
            same += a.selectsAs(b);
        }
    QCOMPARE(same, 3 * 3 + 2 * 2 + 4); // 0, 1 and 5 as each other, and 7 and 8; the rest as themselves alone
}

void TestViewState::filtersMakeASelection()
{
    m_state->select(TimeRange{2000, 3000});
    m_state->toggleReason({2, 114});
    m_state->setBand(DurationBand{DurationKind::Run, 20, 10});
    const Selection selection = m_state->values().selection();
    QCOMPARE(selection.from, std::optional<Ns>(2000));
    QCOMPARE(selection.to, std::optional<Ns>(3000));
    QVERIFY(selection.reasons.contains({2, 114}));
    QCOMPARE(selection.bandOf, DurationKind::Run);
    QCOMPARE(selection.minNs, std::optional<Ns>(10));
    QCOMPARE(selection.maxNs, std::optional<Ns>(20));
}

void TestViewState::signalCarriesBothValues()
{
    int calls = 0;
    connect(m_state.get(), &ViewState::changed, this, [&](const ViewValues &now, const ViewValues &before) {
        ++calls;
        QVERIFY(now.selected && !before.selected);
    });
    m_state->select(TimeRange{2000, 3000});
    QCOMPARE(calls, 1);
}

QTEST_GUILESS_MAIN(TestViewState)
#include "tst_view_state.moc"
