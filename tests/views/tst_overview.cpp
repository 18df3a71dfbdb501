// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFontMetricsF>
#include <QTest>
#include <QWheelEvent>

#include <map>

#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/chart/screen_work.h"
#include "views/overview/overview_tooltip.h"
#include "views/overview/overview_view.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestOverview : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void barsStandForRates();
    void barsStayInThePlotAndApart();
    void filtersButNotTheRangeChangeTheBars();
    void heightOfTheBarsCanBeRead();
    void movedWindowIsWhereItWouldBeLaidOut();
    void narrowWindowIsStillSeen();
    void shortNumbers();
    void toolTip();
    void dragInsideMovesTheWindow();
    void dragEdgesResizes();
    void clickElsewhereCentres();
    void dragOutsideShowsANewRange();
    void dragOverAllShowsANewRange();
    void escCancelsADrag();
    void wheelZoomsAndKeysPan();

private:
    QPoint at(Ns sinceBegin) const;
    const OverviewLayout &shown() const { return *m_view->shown(); }
    TimeRange visible() const; // since the begin
    void drag(QPoint from, QPoint to, bool cancel = false);
    void expectOneUndo(const ViewValues &before);

    std::shared_ptr<const Recording> m_recording;
    std::unique_ptr<ViewState> m_state;
    std::unique_ptr<LiveNumbers> m_numbers;
    std::unique_ptr<OverviewView> m_view;
    QWidget *m_plot = nullptr;
};

void TestOverview::initTestCase()
{
    // A quarter of the time exits: 500 in 25 µs of 100.
    m_recording = makeRecording({{{.begin = kMadeBegin + 50'000, .run = 30, .exit = 20, .count = 500}}});
}

void TestOverview::init()
{
    m_state = std::make_unique<ViewState>();
    m_numbers = std::make_unique<LiveNumbers>();
    connect(m_state.get(), &ViewState::changed, m_numbers.get(),
        [this](const ViewValues &now) { m_numbers->set(m_recording, now.selection()); });
    m_view = std::make_unique<OverviewView>(*m_state, *m_numbers);
    m_plot = &m_view->plot();
    m_view->resize(1072, 90); // 1000 px of plot: 100 ns each
    m_state->reset(boundsOf(*m_recording));
    m_view->setRecording(m_recording);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    QCoreApplication::processEvents();
    QTRY_VERIFY(m_view->shown());
    QTRY_COMPARE(shown().plot.width(), 1000.0);
}

QPoint TestOverview::at(Ns sinceBegin) const
{
    return QPointF(shown().scale.timeToPx(kMadeBegin + sinceBegin), shown().plot.center().y()).toPoint();
}

TimeRange TestOverview::visible() const
{
    const TimeRange &range = m_state->values().visible;
    return {range.from - kMadeBegin, range.to - kMadeBegin};
}

void TestOverview::drag(QPoint from, QPoint to, bool cancel)
{
    QTest::mousePress(m_plot, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 4; ++i) {
        const QPoint pos = from + (to - from) * i / 4;
        QMouseEvent move(QEvent::MouseMove, pos, m_plot->mapToGlobal(pos), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_plot, &move);
    }
    if (cancel)
        QTest::keyClick(m_plot, Qt::Key_Escape);
    QTest::mouseRelease(m_plot, Qt::LeftButton, {}, to);
}

void TestOverview::expectOneUndo(const ViewValues &before)
{
    QVERIFY(m_state->values() != before);
    m_state->undo();
    QVERIFY(m_state->values() == before);
    m_state->redo();
}

void TestOverview::barsStandForRates()
{
    ViewValues values;
    values.visible = boundsOf(*m_recording);
    const QSize size(1072, 400);
    const ExitIndex index(m_recording, {});
    const ExitRate rate = exitRate(index, m_recording->reasons.size(), boundsOf(*m_recording), overviewBins(size));
    const OverviewLayout made = layoutOverview({m_recording, nullptr, values}, size, rate);
    std::map<std::uint16_t, double> area; // px²
    for (const BarRect &bar : made.bars)
        area[bar.reason] += bar.rect.width() * bar.rect.height();
    const double nsPerPx = 100'000 / made.plot.width();
    const double exitsPerPx = made.highest / made.plot.height() * nsPerPx / 1e9;
    QCOMPARE(area.size(), std::size_t(2));
    for (const auto &[reason, of] : area)
        QVERIFY2(std::abs(of * exitsPerPx - 250) < 10, qPrintable(QString::number(of * exitsPerPx)));
    QCOMPARE(made.legend.size(), std::size_t(2));
    QCOMPARE(made.rateTicks.size(), made.rateLabels.size());
    QVERIFY(made.rateTicks.size() >= 3 && made.rateTicks.back() <= made.highest);
}

void TestOverview::barsStayInThePlotAndApart()
{
    for (std::size_t i = 0; i < shown().bars.size(); ++i) {
        QVERIFY(shown().plot.contains(shown().bars[i].rect));
        for (std::size_t j = i + 1; j < shown().bars.size(); ++j)
            QVERIFY(!shown().bars[i].rect.intersects(shown().bars[j].rect));
    }
    QVERIFY(!shown().bars.empty());
}

void TestOverview::filtersButNotTheRangeChangeTheBars()
{
    const std::size_t all = shown().bars.size();
    m_state->select(TimeRange{kMadeBegin, kMadeBegin + 1'000});
    QCOMPARE(shown().bars.size(), all);
    QVERIFY(!shown().selected.isEmpty());
    m_state->setReasons({kIo});
    QTRY_VERIFY(!m_numbers->isBusy() && ScreenWork::isAllDone());
    for (const BarRect &bar : shown().bars)
        QCOMPARE(m_recording->reasons[bar.reason].key, kIo);
    m_state->setScenarios({Scenario::Halt});
    QTRY_VERIFY(shown().bars.empty());
    QVERIFY(!shown().message.isEmpty());
    m_state->clearFilters();
    QTRY_COMPARE(shown().bars.size(), all);
    QVERIFY(shown().message.isEmpty());
}

// However high they are and the chart is, there is a number beside 0.
void TestOverview::heightOfTheBarsCanBeRead()
{
    const ChartInput input{m_recording, nullptr, m_state->values()};
    for (const int height : {60, 80, 110, 300})
        for (std::int64_t exits = 1; exits < 3'000'000; exits = exits * 5 / 4 + 1) {
            const ExitRate rate{.range = {0, 1'000'000'000}, .bins = 1, .counts = {exits, 0}, .reasons = 2};
            const OverviewLayout made = layoutOverview(input, {1000, height}, rate);
            QVERIFY2(made.rateTicks.size() >= 2, qPrintable(QStringLiteral("%1 px, %2/s").arg(height).arg(exits)));
            // The number beside the first of them is not cut at the border, or it would not be drawn.
            QVERIFY2(!made.rateLabels[1].isEmpty(), qPrintable(QStringLiteral("%1 px, %2/s").arg(height).arg(exits)));
            for (std::size_t i = 0; i < made.rateTicks.size(); ++i) {
                const double y = made.plot.bottom() - made.rateTicks[i] / made.highest * made.plot.height();
                if (!made.rateLabels[i].isEmpty())
                    QVERIFY(y > QFontMetricsF(Theme::light().font(9)).height() / 2);
            }
            QVERIFY(made.plot.height() / double(made.rateTicks.size()) >= 10);
        }
}

// Moving it lays nothing else out anew.
void TestOverview::movedWindowIsWhereItWouldBeLaidOut()
{
    const TimeRange part{kMadeBegin + 20'000, kMadeBegin + 60'000};
    for (const std::optional<TimeRange> &selected : {std::optional(part), std::optional<TimeRange>()}) {
        m_state->setVisible({part.from + 5'000, part.to + 5'000});
        m_state->select(selected);
        const OverviewLayout moved = shown();
        m_view->setTheme(Theme::light()); // anew
        QTRY_VERIFY(ScreenWork::isAllDone());
        QCOMPARE(moved.window, shown().window);
        QCOMPARE(moved.selected, shown().selected);
        QCOMPARE(moved.selected.isEmpty(), !selected);
        QCOMPARE(moved.bars.size(), shown().bars.size());
        QCOMPARE(moved.plot, shown().plot);
    }
}

void TestOverview::narrowWindowIsStillSeen()
{
    for (const Ns from : {Ns(0), Ns(50'000), Ns(99'900)}) {
        m_state->setVisible({kMadeBegin + from, kMadeBegin + from + 100});
        QVERIFY(shown().window.width() >= 3);
        QVERIFY(shown().plot.contains(shown().window));
    }
}

void TestOverview::shortNumbers()
{
    QCOMPARE(formatShort(0), QStringLiteral("0"));
    QCOMPARE(formatShort(0.5), QStringLiteral("0.5"));
    QCOMPARE(formatShort(5000), QStringLiteral("5000"));
    QCOMPARE(formatShort(12'000), QStringLiteral("12k"));
    QCOMPARE(formatShort(1'500'000), QStringLiteral("1.5M"));
}

void TestOverview::toolTip()
{
    const ExitIndex index(m_recording, {});
    const ExitRate rate = exitRate(index, m_recording->reasons.size(), boundsOf(*m_recording), 500);
    const QString text = overviewToolTip(shown(), rate, at(60'000));
    for (const char *part : {"exits in 200 ns", "cpuid", "io", "/s"})
        QVERIFY2(text.contains(QLatin1String(part)), qPrintable(text));
    QVERIFY(overviewToolTip(shown(), rate, {2, 2}).isEmpty());
}

void TestOverview::dragInsideMovesTheWindow()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    drag(at(30'000), at(50'000));
    QCOMPARE(visible(), (TimeRange{40'000, 60'000}));
    expectOneUndo(before);
    drag(at(50'000), at(99'000)); // not over the end
    QCOMPARE(visible(), (TimeRange{80'000, 100'000}));
}

void TestOverview::dragEdgesResizes()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    drag(at(40'000), at(60'000));
    QCOMPARE(visible(), (TimeRange{20'000, 60'000}));
    expectOneUndo(before);
    drag(at(20'000), at(10'000));
    QCOMPARE(visible(), (TimeRange{10'000, 60'000}));
    drag(at(10'000), at(80'000)); // over the other edge
    QCOMPARE(visible(), (TimeRange{60'000, 80'000}));
}

void TestOverview::clickElsewhereCentres()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    QTest::mouseClick(m_plot, Qt::LeftButton, {}, at(70'000));
    QCOMPARE(visible(), (TimeRange{60'000, 80'000}));
    expectOneUndo(before);
}

void TestOverview::dragOutsideShowsANewRange()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    drag(at(90'000), at(70'000));
    QCOMPARE(visible(), (TimeRange{70'000, 90'000}));
    QVERIFY(!m_state->values().selected);
    expectOneUndo(before);
}

void TestOverview::dragOverAllShowsANewRange()
{
    drag(at(30'000), at(50'000)); // while all is visible there is nothing to move
    QCOMPARE(visible(), (TimeRange{30'000, 50'000}));
}

void TestOverview::escCancelsADrag()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    drag(at(30'000), at(50'000), true);
    QVERIFY(m_state->values() == before);
    QVERIFY(!m_state->canRedo());
}

void TestOverview::wheelZoomsAndKeysPan()
{
    m_state->setVisible({kMadeBegin + 20'000, kMadeBegin + 40'000});
    const ViewValues before = m_state->values();
    QWheelEvent wheel(
        at(30'000), m_plot->mapToGlobal(at(30'000)), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_plot, &wheel);
    QCOMPARE(visible(), (TimeRange{22'000, 38'000}));
    expectOneUndo(before);
    m_state->undo();
    QTest::keyClick(m_plot, Qt::Key_Right);
    QCOMPARE(visible(), (TimeRange{22'000, 42'000}));
    QTest::keyClick(m_plot, Qt::Key_A);
    QCOMPARE(visible(), (TimeRange{20'000, 40'000}));
    QTest::keyClick(m_plot, Qt::Key_W);
    QCOMPARE(visible(), (TimeRange{22'000, 38'000}));
}

QTEST_MAIN(TestOverview)
#include "tst_overview.moc"
