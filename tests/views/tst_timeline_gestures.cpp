// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QHelpEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>

#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/chart/gesture_run.h"
#include "views/chart/screen_work.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestTimelineGestures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void dragSelectsARange();
    void whatIsChosenStandsWhereItWouldBeLaidOut();
    void whatIsChosenIsPaintedAlone();
    void dragIsLiveAndOneStep();
    void escCancelsADrag();
    void smallMoveIsAClick();
    void clickPicksTheExit();
    void clickBesideExitsClears();
    void clickInsideTheRangeKeepsIt();
    void labelPicksTheVcpu();
    void nameOfTheVmPicksItsVcpus();
    void triangleCollapses();
    void doubleClickZoomsToTheExit();
    void doubleClickElsewhereZoomsIn();
    void ctrlWheelZoomsAtThePointer();
    void wheelStepsAreOneGesture();
    void shiftWheelPans();
    void middleDragPans();
    void keysZoomAndPan_data();
    void keysZoomAndPan();
    void wheelAndKeysScrollRows();
    void hoverSetsTheExit();
    void toolTipIsShown();
    void menuShowsPcpus();
    void withoutRecordingNothingHappens();

private:
    QPoint at(Ns sinceBegin, std::size_t row = 1) const; // in the band of the row
    const TimelineLayout &shown() const { return *m_view->shown(); }
    const ViewValues &values() const { return m_state->values(); }
    void drag(Qt::MouseButton button, QPoint from, QPoint to);
    void wheel(QPoint pos, QPoint delta, Qt::KeyboardModifiers modifiers);
    void expectOneUndo(const ViewValues &before);

    std::shared_ptr<const Recording> m_recording;
    std::unique_ptr<ViewState> m_state;
    std::unique_ptr<LiveNumbers> m_numbers;
    std::unique_ptr<TimelineView> m_view;
    QWidget *m_plot = nullptr;
};

void TestTimelineGestures::initTestCase()
{
    m_recording = makeRecording({{{}, {.begin = kMadeBegin + 30'000}}, {{.begin = kMadeBegin + 60'000}}});
}

void TestTimelineGestures::init()
{
    m_state = std::make_unique<ViewState>();
    m_numbers = std::make_unique<LiveNumbers>();
    connect(m_state.get(), &ViewState::changed, m_numbers.get(),
        [this](const ViewValues &now) { m_numbers->set(m_recording, now.selection()); });
    m_view = std::make_unique<TimelineView>(*m_state, *m_numbers);
    m_plot = &m_view->plot();
    m_view->resize(1000, 400);
    m_state->reset(boundsOf(*m_recording));
    m_view->setRecording(m_recording);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    QCoreApplication::processEvents();
    QTRY_VERIFY(m_view->shown() && m_plot->width() == 1000); // without a scroll bar
    QTRY_VERIFY(shown().plot.right() > 980);
    QCOMPARE(shown().rows.size(), std::size_t(5));
}

void TestTimelineGestures::cleanup()
{
    m_view.reset();
}

QPoint TestTimelineGestures::at(Ns sinceBegin, std::size_t row) const
{
    return QPointF(
        shown().scale.timeToPx(kMadeBegin + sinceBegin), shown().rows[row].lane(LaneKind::States).center().y())
        .toPoint();
}

void TestTimelineGestures::drag(Qt::MouseButton button, QPoint from, QPoint to)
{
    QTest::mousePress(m_plot, button, {}, from);
    for (int i = 1; i <= 4; ++i) {
        QMouseEvent move(QEvent::MouseMove, from + (to - from) * i / 4, m_plot->mapToGlobal(from + (to - from) * i / 4),
            Qt::NoButton, button, {});
        QCoreApplication::sendEvent(m_plot, &move);
    }
    QTest::mouseRelease(m_plot, button, {}, to);
}

void TestTimelineGestures::wheel(QPoint pos, QPoint delta, Qt::KeyboardModifiers modifiers)
{
    QWheelEvent event(pos, m_plot->mapToGlobal(pos), {}, delta, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_plot, &event);
}

// And the second undo, if there is one, would be of something before.
void TestTimelineGestures::expectOneUndo(const ViewValues &before)
{
    QVERIFY(values() != before);
    m_state->undo();
    QVERIFY(values() == before);
    m_state->redo();
    QVERIFY(values() != before);
}

// Choosing lays nothing else out anew.
void TestTimelineGestures::whatIsChosenStandsWhereItWouldBeLaidOut()
{
    m_state->setVisible({kMadeBegin, kMadeBegin + 80'000});
    const std::optional<TimeRange> part = TimeRange{kMadeBegin + 20'000, kMadeBegin + 40'000};
    const std::optional<ExitRef> exit = ExitRef();
    for (const auto &[selected, current] : {std::pair(part, exit), std::pair(part, std::optional<ExitRef>()),
             std::pair(std::optional<TimeRange>(), exit)}) {
        m_state->select(selected);
        m_state->setCurrent(current, values().visible);
        const auto placed = m_view->shown();
        m_view->setTheme(Theme::light()); // anew
        QTRY_VERIFY(ScreenWork::isAllDone() && m_view->shown() != placed);
        QCOMPARE(placed->selected, shown().selected);
        QCOMPARE(placed->current, shown().current);
        QCOMPARE(placed->selected.isEmpty(), !selected);
        QCOMPARE(placed->current.empty(), !current);
        QCOMPARE(placed->states.size(), shown().states.size());
        QCOMPARE(placed->marks.size(), shown().marks.size());
        QCOMPARE(placed->scale.range, values().visible);
    }
}

// Of a step of a drag: the rows are not painted again, and what lies neither in the range before nor in the new one
// looks as it did; all of it as if it had been painted anew.
void TestTimelineGestures::whatIsChosenIsPaintedAlone()
{
    const auto select = [&](Ns from, Ns to) {
        m_state->select(TimeRange{kMadeBegin + from, kMadeBegin + to});
        [&] { QTRY_VERIFY(ScreenWork::isAllDone()); }();
        return m_plot->grab().toImage();
    };
    const QImage before = select(20'000, 40'000);
    const QRectF first = shown().selected;
    QSignalSpy painted(&m_view->plot(), &QCustomPlot::afterReplot); // of all layers
    const QImage after = select(20'000, 60'000);
    const QRectF second = shown().selected;
    QCOMPARE(painted.count(), 0);
    QVERIFY(second.width() > first.width() + 100);
    const QRect moved = first.united(second).toAlignedRect().adjusted(-1, 0, 1, 0);
    int changed = 0;
    for (int y = 0; y < after.height(); ++y) {
        for (int x = 0; x < after.width(); ++x) {
            const bool isSame = before.pixel(x, y) == after.pixel(x, y);
            QVERIFY2(isSame || moved.contains(x, y), qPrintable(QStringLiteral("%1, %2").arg(x).arg(y)));
            changed += isSame ? 0 : 1;
        }
    }
    QVERIFY(changed > 1000);
    m_view->plot().replot(QCustomPlot::rpImmediateRefresh);
    QCOMPARE(painted.count(), 1);
    QCOMPARE(m_plot->grab().toImage(), after);
    m_view->setTheme(Theme::light()); // laid out anew
    QTRY_VERIFY(ScreenWork::isAllDone());
    QCOMPARE(m_plot->grab().toImage(), after);
    m_state->setVisible({kMadeBegin, kMadeBegin + 50'000}); // moves the rows, which are painted
    QTRY_VERIFY(ScreenWork::isAllDone());
    QVERIFY(painted.count() > 2);
    QVERIFY(m_plot->grab().toImage() != after);
}

void TestTimelineGestures::dragSelectsARange()
{
    const ViewValues before = values();
    const QPoint from = at(20'000);
    const QPoint to = at(40'000);
    const TimeScale scale = shown().scale;
    drag(Qt::LeftButton, to, from); // leftwards too
    QVERIFY(values().selected);
    QCOMPARE(values().selected->from, scale.pxToTime(from.x()));
    QCOMPARE(values().selected->to, scale.pxToTime(to.x()));
    QCOMPARE(values().visible, before.visible);
    QVERIFY(!shown().selected.isEmpty());
    expectOneUndo(before);
}

void TestTimelineGestures::dragIsLiveAndOneStep()
{
    QSignalSpy changed(m_state.get(), &ViewState::changed);
    const ViewValues before = values();
    drag(Qt::LeftButton, at(10'000), at(50'000));
    QCOMPARE(changed.size(), 4);
    m_state->undo();
    QVERIFY(values() == before);
    QVERIFY(!m_state->canUndo());
}

void TestTimelineGestures::escCancelsADrag()
{
    m_state->select(TimeRange{kMadeBegin + 1'000, kMadeBegin + 5'000});
    const ViewValues before = values();
    QTest::mousePress(m_plot, Qt::LeftButton, {}, at(20'000));
    QMouseEvent move(QEvent::MouseMove, at(40'000), m_plot->mapToGlobal(at(40'000)), Qt::NoButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(m_plot, &move);
    QVERIFY(values() != before);
    QTest::keyClick(m_plot, Qt::Key_Escape);
    QVERIFY(values() == before);
    QVERIFY(!m_state->canRedo());
    QTest::mouseRelease(m_plot, Qt::LeftButton, {}, at(45'000)); // no longer a drag, nor a click
    QVERIFY(values() == before);
    m_state->undo();
    QVERIFY(!values().selected);
}

void TestTimelineGestures::smallMoveIsAClick()
{
    drag(Qt::LeftButton, at(1'500), at(1'500) + QPoint(2, 1));
    QVERIFY(!values().selected);
    QVERIFY(values().current);
}

void TestTimelineGestures::clickPicksTheExit()
{
    const ViewValues before = values();
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(33'500, 2));
    QCOMPARE(values().current, std::optional(ExitRef{VcpuKey{{0, 0}, 1}, 1}));
    QCOMPARE(shown().current.size(), std::size_t(1));
    expectOneUndo(before);
}

void TestTimelineGestures::clickBesideExitsClears()
{
    m_state->select(TimeRange{kMadeBegin + 1'000, kMadeBegin + 5'000});
    m_state->setCurrent(ExitRef{VcpuKey{{0, 0}, 0}, 2});
    const ViewValues before = values();
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(80'000));
    QVERIFY(!values().current);
    QVERIFY(!values().selected);
    expectOneUndo(before);
}

void TestTimelineGestures::clickInsideTheRangeKeepsIt()
{
    m_state->select(TimeRange{kMadeBegin + 70'000, kMadeBegin + 90'000});
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(80'000));
    QVERIFY(values().selected);
}

void TestTimelineGestures::labelPicksTheVcpu()
{
    const ViewValues before = values();
    const auto label = [this](std::size_t row) { return shown().rows[row].labelArea.center().toPoint(); };
    const VcpuKey first{{0, 0}, 0};
    const VcpuKey other{{0, 1}, 0};
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, label(1));
    QCOMPARE(values().vcpus, std::set<VcpuKey>{first});
    QVERIFY(!shown().rows[2].chosen);
    expectOneUndo(before);
    QTest::mouseClick(m_plot, Qt::LeftButton, Qt::ControlModifier, label(4));
    QCOMPARE(values().vcpus, (std::set<VcpuKey>{first, other}));
    QTest::mouseClick(m_plot, Qt::LeftButton, Qt::ControlModifier, label(1));
    QCOMPARE(values().vcpus, std::set<VcpuKey>{other});
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, label(4)); // it alone already
    QVERIFY(values().vcpus.empty());
}

void TestTimelineGestures::nameOfTheVmPicksItsVcpus()
{
    const TimelineRow &row = shown().rows[0];
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, QPoint(int(row.labelArea.left()) + 5, int(row.rect.center().y())));
    QCOMPARE(values().vcpus, (std::set<VcpuKey>{VcpuKey{{0, 0}, 0}, VcpuKey{{0, 0}, 1}}));
}

void TestTimelineGestures::triangleCollapses()
{
    QSignalSpy options(m_view.get(), &TimelineView::optionsChanged);
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, shown().rows[0].triangle.center().toPoint());
    QCOMPARE(shown().rows.size(), std::size_t(3));
    QVERIFY(m_view->options().collapsed.contains(VmKey{0, 0}));
    QCOMPARE(options.size(), 1);
    QVERIFY(!m_state->canUndo()); // how it is looked at, not what is selected
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, shown().rows[0].triangle.center().toPoint());
    QCOMPARE(shown().rows.size(), std::size_t(5));
}

void TestTimelineGestures::doubleClickZoomsToTheExit()
{
    m_state->select(TimeRange{kMadeBegin + 70'000, kMadeBegin + 90'000});
    const ViewValues before = values();
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(3'500)); // as a real double click begins
    QTest::mouseDClick(m_plot, Qt::LeftButton, {}, at(3'500));
    QCOMPARE(values().current, std::optional(ExitRef{VcpuKey{{0, 0}, 0}, 1}));
    const TimeRange &visible = values().visible; // the run from 2,000, the exit until 4,000, some margin
    QVERIFY(visible.from < kMadeBegin + 2'000 && visible.from > kMadeBegin);
    QVERIFY(visible.to > kMadeBegin + 4'000 && visible.to < kMadeBegin + 6'000);
    QCOMPARE(values().selected, before.selected);
    expectOneUndo(before);
}

void TestTimelineGestures::doubleClickElsewhereZoomsIn()
{
    m_state->select(TimeRange{kMadeBegin + 1'000, kMadeBegin + 5'000});
    const ViewValues before = values();
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(80'000));
    QTest::mouseDClick(m_plot, Qt::LeftButton, {}, at(80'000));
    QCOMPARE(values().visible.length(), before.visible.length() / 2);
    QVERIFY(values().visible.contains(kMadeBegin + 80'000));
    QCOMPARE(values().selected, before.selected); // the first of both clicks alone would have cleared it
    expectOneUndo(before);
}

void TestTimelineGestures::ctrlWheelZoomsAtThePointer()
{
    const ViewValues before = values();
    const QPoint pos = at(25'000);
    const Ns under = shown().scale.pxToTime(pos.x());
    wheel(pos, {0, 120}, Qt::ControlModifier);
    QCOMPARE(values().visible.length(), Ns(80'000));
    const double now = shown().scale.timeToPx(under);
    QVERIFY2(std::abs(now - pos.x()) < 2, qPrintable(QString::number(now - pos.x())));
    expectOneUndo(before);
    wheel(pos, {0, -120}, Qt::ControlModifier);
    QVERIFY(std::abs(values().visible.length() - before.visible.length()) <= 1);
}

void TestTimelineGestures::wheelStepsAreOneGesture()
{
    const ViewValues before = values();
    for (int i = 0; i < 5; ++i)
        wheel(at(50'000), {0, 120}, Qt::ControlModifier);
    const ViewValues first = values();
    QVERIFY(first.visible.length() < 40'000);
    QTest::qWait(GestureRun::kPauseMs + 60);
    wheel(at(0) + QPoint(100, 0), {0, 120}, Qt::ControlModifier);
    m_state->undo();
    QVERIFY(values() == first);
    m_state->undo();
    QVERIFY(values() == before);
    QVERIFY(!m_state->canUndo());
}

void TestTimelineGestures::shiftWheelPans()
{
    m_state->setVisible({kMadeBegin + 40'000, kMadeBegin + 60'000});
    const ViewValues before = values();
    wheel(m_plot->rect().center(), {0, -120}, Qt::ShiftModifier);
    QCOMPARE(values().visible, (TimeRange{kMadeBegin + 42'000, kMadeBegin + 62'000}));
    expectOneUndo(before);
    wheel(m_plot->rect().center(), {120, 0}, {}); // a wheel that tilts
    QCOMPARE(values().visible, before.visible);
}

void TestTimelineGestures::middleDragPans()
{
    m_state->setVisible({kMadeBegin + 40'000, kMadeBegin + 60'000});
    const ViewValues before = values();
    const QPoint from = at(50'000);
    drag(Qt::MiddleButton, from, from - QPoint(100, 0));
    const double nsPerPx = 20'000 / shown().plot.width();
    QVERIFY(std::abs(double(values().visible.from - before.visible.from) - 100 * nsPerPx) <= 2);
    QCOMPARE(values().visible.length(), Ns(20'000));
    QVERIFY(!values().selected);
    expectOneUndo(before);
}

void TestTimelineGestures::keysZoomAndPan_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    QTest::newRow("W") << int(Qt::Key_W) << qint64(42'000) << qint64(58'000);
    QTest::newRow("S") << int(Qt::Key_S) << qint64(37'500) << qint64(62'500);
    QTest::newRow("A") << int(Qt::Key_A) << qint64(38'000) << qint64(58'000);
    QTest::newRow("D") << int(Qt::Key_D) << qint64(42'000) << qint64(62'000);
    QTest::newRow("left") << int(Qt::Key_Left) << qint64(38'000) << qint64(58'000);
    QTest::newRow("right") << int(Qt::Key_Right) << qint64(42'000) << qint64(62'000);
}

void TestTimelineGestures::keysZoomAndPan()
{
    QFETCH(int, key);
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    m_state->setVisible({kMadeBegin + 40'000, kMadeBegin + 60'000});
    QEvent leave(QEvent::Leave); // so the middle is what is zoomed about
    QCoreApplication::sendEvent(m_plot, &leave);
    const ViewValues before = values();
    QTest::keyClick(m_plot, Qt::Key(key));
    QCOMPARE(values().visible, (TimeRange{kMadeBegin + from, kMadeBegin + to}));
    expectOneUndo(before);
}

void TestTimelineGestures::wheelAndKeysScrollRows()
{
    m_view->resize(1000, 120);
    QCoreApplication::processEvents();
    QTRY_VERIFY(shown().contentHeight > shown().plot.height());
    wheel(m_plot->rect().center(), {0, -120}, {});
    QCOMPARE(m_view->options().scroll, 40.0);
    QTest::keyClick(m_plot, Qt::Key_Down);
    const double end = m_view->options().scroll;
    QVERIFY(end > 40);
    QTest::keyClick(m_plot, Qt::Key_Up);
    QVERIFY(m_view->options().scroll < end);
    QVERIFY(!m_state->canUndo());
}

void TestTimelineGestures::hoverSetsTheExit()
{
    QTest::mouseMove(m_plot, at(5'500));
    QMouseEvent move(QEvent::MouseMove, at(5'500), m_plot->mapToGlobal(at(5'500)), Qt::NoButton, Qt::NoButton, {});
    QCoreApplication::sendEvent(m_plot, &move);
    QCOMPARE(m_state->hovered(), std::optional(ExitRef{VcpuKey{{0, 0}, 0}, 2}));
    const TimeRange before = values().visible;
    m_state->setVisible({before.from, before.from + 2'000}); // another one is below the pointer now
    QVERIFY(m_state->hovered() != std::optional(ExitRef{VcpuKey{{0, 0}, 0}, 2}));
    m_state->undo();
    QCOMPARE(m_state->hovered() ? m_state->hovered()->index : 2, std::size_t(2));
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(m_plot, &leave);
    QVERIFY(!m_state->hovered());
    QVERIFY(!m_state->canUndo());
}

void TestTimelineGestures::toolTipIsShown()
{
    QHelpEvent help(QEvent::ToolTip, at(5'500), m_plot->mapToGlobal(at(5'500)));
    QCoreApplication::sendEvent(m_plot, &help);
    QVERIFY(QToolTip::text().contains(QStringLiteral("cpuid")));
    QToolTip::hideText();
}

void TestTimelineGestures::menuShowsPcpus()
{
    QCOMPARE(m_view->actions().size(), 6); // pCPUs, who ran there, what runs in the guest, its threads, two VMs
    m_view->actions().first()->trigger();
    QVERIFY(!shown().pcpus.empty());
    QVERIFY(m_view->actions().first()->isChecked());
    m_view->actions().at(4)->trigger();
    QCOMPARE(shown().rows.size(), std::size_t(3));
}

void TestTimelineGestures::withoutRecordingNothingHappens()
{
    m_view->setRecording(nullptr);
    QVERIFY(!m_view->shown());
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, {300, 100});
    QTest::mouseDClick(m_plot, Qt::LeftButton, {}, {300, 100});
    wheel({300, 100}, {0, 120}, Qt::ControlModifier);
    QTest::keyClick(m_plot, Qt::Key_W);
    QVERIFY(!m_state->canUndo());
}

QTEST_MAIN(TestTimelineGestures)
#include "tst_timeline_gestures.moc"
