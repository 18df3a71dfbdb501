// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QHelpEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

#include <atomic>

#include "model/statistics/distribution_pass.h"
#include "tests/views/linked_views.h"
#include "tests/views/made_recording.h"
#include "views/chart/custom_plot.h"
#include "views/durations/heat_chart.h"
#include "views/durations/heat_view.h"
#include "views/durations/histogram_view.h"

using namespace exitscope;
using namespace exitscope::testing;
using test::LinkedViews;

// How often which durations came when.
class TestHeatMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void columnsEqualHistograms_data();
    void columnsEqualHistograms();
    void theVeryEndBelongsToIt();
    void haltsOfNoKnownNetTimeAreLeftOut();
    void nothingOfWhatIsCancelled();
    void cellsHaveTheirColours();
    void aDragSelectsTimeAndDurations();
    void escapeTakesADragBack();
    void aClickDropsBoth();
    void followsWhatIsVisibleAndFiltered();
    void isByTimeAsReasonsAre();
    void tooltipTellsTheCell();
    void isAModeOfDurations();
    void hiddenItComputesNothing();
    void durationsAreNamedWhereTheyAre();
};

namespace {

std::vector<Ns> bordersOf(TimeRange range, int columns)
{
    std::vector<Ns> borders;
    for (int i = 0; i <= columns; ++i)
        borders.push_back(range.from + range.length() / columns * i);
    borders.back() = range.to + 1;
    return borders;
}

#define SHOWN_HEAT(linked, view, of)                                                                                   \
    LinkedViews linked(of);                                                                                            \
    HeatView view(linked.state);                                                                                       \
    view.resize(700, 360);                                                                                             \
    view.show();                                                                                                       \
    view.setRecording(linked.recording);                                                                               \
    QVERIFY(settle(view))

bool settle(const HeatView &view)
{
    return QTest::qWaitFor([&] { return view.isSettled(); }, 20'000);
}

// In the middle of the fullest cell that lies so far inside that a drag has room.
struct Place {
    int column = 0;
    int bin = 0;
    QPoint at;
};
Place fullest(const HeatLayout &layout)
{
    Place best;
    std::int64_t most = 0;
    const QRectF inside = layout.plot.adjusted(80, 40, -80, -40);
    for (int column = 0; column < layout.map->columns(); ++column) {
        for (int bin = layout.bins.first; bin < layout.bins.end; ++bin) {
            const QRectF rect = layout.rectOf(column, bin);
            if (layout.map->at(column, bin).count > most && inside.contains(rect)) {
                most = layout.map->at(column, bin).count;
                best = {column, bin, rect.toRect().center()};
            }
        }
    }
    return best;
}

void drag(HeatView &view, QPoint from, QPoint to, bool release = true)
{
    QTest::mousePress(view.plot(), Qt::LeftButton, {}, from);
    QTest::mouseMove(view.plot(), (from + to) / 2);
    QTest::mouseMove(view.plot(), to);
    if (release)
        QTest::mouseRelease(view.plot(), Qt::LeftButton, {}, to);
}

} // namespace

void TestHeatMap::columnsEqualHistograms_data()
{
    QTest::addColumn<int>("of");
    QTest::addColumn<int>("filter");
    for (const DurationKind of : {DurationKind::Gross, DurationKind::Net, DurationKind::Run})
        for (int filter = 0; filter < 4; ++filter)
            QTest::addRow("%d by filter %d", int(of), filter) << int(of) << filter;
}

// Each column is the histogram of its range.
void TestHeatMap::columnsEqualHistograms()
{
    QFETCH(const int, of);
    QFETCH(const int, filter);
    const auto kind = DurationKind(of);
    const auto recording = test::sample();
    Selection selection;
    if (filter == 1)
        selection.reasons = {{2, 114}, {2, 123}};
    if (filter == 2)
        selection.vcpus = {{{0, 0}, 1}};
    if (filter == 3) {
        selection.bandOf = kind == DurationKind::Run ? DurationKind::Gross : DurationKind::Run;
        selection.minNs = 20'000;
    }
    const HeatMap map = heatMapOf(*recording, selection, kind, bordersOf(boundsOf(*recording), 7));
    QCOMPARE(map.columns(), 7);
    std::int64_t total = 0;
    for (int column = 0; column < map.columns(); ++column) {
        Selection range = selection;
        range.from = map.borders[std::size_t(column)];
        range.to = map.borders[std::size_t(column) + 1];
        const DurationHistogram histogram = histogramOf(*recording, range, kind);
        Ns gross = 0;
        for (int bin = 0; bin < DurationBins::kCount; ++bin) {
            std::int64_t count = 0;
            for (const auto &counts : histogram.counts)
                count += counts[std::size_t(bin)];
            QCOMPARE(map.at(column, bin).count, count);
            total += count;
            gross += map.at(column, bin).ns;
        }
        if (kind == DurationKind::Gross) {
            Ns expected = 0;
            for (const ReasonGroup &group : statisticsOf(*recording, range).totals.reasons)
                expected += group.gross.total;
            QCOMPARE(gross, expected);
        }
    }
    QVERIFY(total > 100);
    QCOMPARE(map.total, total);
}

void TestHeatMap::theVeryEndBelongsToIt()
{
    MadeVcpu made;
    made.count = 2; // the second exit begins 3 µs after the begin
    made.end = kMadeBegin + 3000;
    auto recording = std::make_shared<Recording>(*makeRecording({{made}}));
    recording->hosts.front().range.to = kMadeBegin + 3000;
    ViewValues values;
    values.visible = boundsOf(*recording);
    const std::vector<Ns> borders = heatBorders(values, boundsOf(*recording), {400, 300});
    QCOMPARE(borders.front(), kMadeBegin);
    QCOMPARE(borders.back(), kMadeBegin + 3001);
    QCOMPARE(heatMapOf(*recording, {}, DurationKind::Gross, borders).total, std::int64_t(2));
    values.visible.to -= 1000; // of a part it is half-open
    QCOMPARE(heatBorders(values, boundsOf(*recording), {400, 300}).back(), kMadeBegin + 2000);
}

void TestHeatMap::haltsOfNoKnownNetTimeAreLeftOut()
{
    const auto recording = std::make_shared<Recording>(*test::sample());
    recording->hosts.front().switchesRecorded = false;
    const std::vector<Ns> borders = bordersOf(boundsOf(*recording), 5);
    const HeatMap net = heatMapOf(*recording, {}, DurationKind::Net, borders);
    const DurationHistogram histogram = histogramOf(*recording, {}, DurationKind::Net);
    std::int64_t leftOut = 0;
    for (const std::int64_t count : histogram.leftOut)
        leftOut += count;
    QVERIFY(leftOut > 0);
    QCOMPARE(net.leftOut, leftOut);
    QCOMPARE(net.total, histogram.total);
    QCOMPARE(heatMapOf(*recording, {}, DurationKind::Gross, borders).leftOut, std::int64_t(0));
    ViewValues values;
    values.visible = boundsOf(*recording);
    const HeatLayout layout = layoutHeat({recording, nullptr, values, Theme::light()}, DurationKind::Net, {900, 400});
    QVERIFY2(layout.note.contains(QStringLiteral("no known net time")), qPrintable(layout.note));
}

void TestHeatMap::nothingOfWhatIsCancelled()
{
    const std::atomic<bool> cancel = true;
    const auto recording = makeRecording({{MadeVcpu{.count = 50'000, .end = kMadeBegin + 200'000'000}}});
    const HeatMap map = heatMapOf(*recording, {}, DurationKind::Gross, bordersOf(boundsOf(*recording), 5), &cancel);
    QVERIFY(map.total < 20'000);
}

void TestHeatMap::cellsHaveTheirColours()
{
    ViewValues values;
    values.visible = boundsOf(*test::sample());
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        const QSize size(700, 360);
        const auto layout = std::make_shared<const HeatLayout>(
            layoutHeat({test::sample(), nullptr, values, theme}, DurationKind::Gross, size));
        QCustomPlot plot;
        plot.setAttribute(Qt::WA_DontShowOnScreen);
        plot.resize(size);
        drawHeat(plot, layout, size, theme);
        const QImage image = plot.toPixmap(size.width(), size.height()).toImage();
        int seen = 0;
        std::set<int> steps;
        for (int column = 0; column < layout->map->columns(); ++column) {
            for (int bin = layout->bins.first; bin < layout->bins.end; ++bin) {
                const HeatMap::Cell &cell = layout->map->at(column, bin);
                const QPoint at = layout->rectOf(column, bin).toRect().center();
                if (cell.count == 0 || !layout->plot.adjusted(2, 2, -2, -2).contains(at))
                    continue;
                const int step = layout->colourOf(cell.count);
                QCOMPARE(image.pixel(at), theme.heat(double(step) / (HeatLayout::kColours - 1)).rgb());
                steps.insert(step);
                ++seen;
            }
        }
        QVERIFY(seen > 100);
        QVERIFY(steps.size() >= 4);
        QVERIFY(layout->colourOf(layout->most) == HeatLayout::kColours - 1 && layout->colourOf(1) == 0);
        QCOMPARE(image.pixel(layout->legend.topRight().toPoint() + QPoint(-3, 3)), theme.heat(1).rgb());
        // Nothing is told apart by hue alone: what is more is lighter on dark ground, darker on light.
        for (int step = 1; step < HeatLayout::kColours; ++step) {
            const int now = qGray(theme.heat(double(step) / (HeatLayout::kColours - 1)).rgb());
            const int before = qGray(theme.heat(double(step - 1) / (HeatLayout::kColours - 1)).rgb());
            QVERIFY(theme.isDark() ? now > before : now < before);
        }
    }
}

void TestHeatMap::aDragSelectsTimeAndDurations()
{
    SHOWN_HEAT(linked, view, test::sample());
    const HeatLayout layout = *view.layoutShown();
    const Place place = fullest(layout);
    const ViewValues before = linked.state.values();
    drag(view, place.at, place.at + QPoint(60, -30));
    const int column = layout.pxToColumn(place.at.x() + 60);
    const int bin = layout.pxToBin(place.at.y() - 30);
    QVERIFY(column > place.column && bin > place.bin);
    const TimeRange range{layout.map->borders[std::size_t(place.column)], layout.map->borders[std::size_t(column) + 1]};
    QCOMPARE(linked.state.values().selected, std::optional(range));
    QCOMPARE(linked.state.values().band, std::optional(bandOf({place.bin, bin + 1}, DurationKind::Gross)));
    std::int64_t expected = 0;
    for (int c = place.column; c <= column; ++c)
        for (int b = place.bin; b <= bin; ++b)
            expected += layout.map->at(c, b).count;
    QVERIFY(linked.settle());
    QVERIFY(expected > 0);
    QCOMPARE(linked.totals().exits, expected);
    QVERIFY(settle(view));
    QCOMPARE(view.layoutShown()->map->total, layout.map->total); // what is around stays
    const QRectF frame = view.layoutShown()->frame;
    QVERIFY(std::abs(frame.left() - view.layoutShown()->scale.timeToPx(range.from)) < 1);
    QVERIFY(std::abs(frame.bottom() - view.layoutShown()->binToPx(place.bin)) < 1);
    const QImage image = view.plot()->grab().toImage();
    QCOMPARE(image.pixel(frame.topLeft().toPoint() + QPoint(10, 0)), Theme::light().accent().rgb());
    linked.state.undo(); // one step
    QCOMPARE(linked.state.values(), before);
}

void TestHeatMap::escapeTakesADragBack()
{
    SHOWN_HEAT(linked, view, test::sample());
    const Place place = fullest(*view.layoutShown());
    const ViewValues before = linked.state.values();
    drag(view, place.at, place.at + QPoint(40, 20), false);
    QVERIFY(linked.state.values().selected && linked.state.values().band);
    QTest::keyClick(view.plot(), Qt::Key_Escape);
    QCOMPARE(linked.state.values(), before);
    QTest::mouseRelease(view.plot(), Qt::LeftButton, {}, place.at);
    QCOMPARE(linked.state.values(), before);
}

void TestHeatMap::aClickDropsBoth()
{
    SHOWN_HEAT(linked, view, test::sample());
    const Place place = fullest(*view.layoutShown());
    drag(view, place.at, place.at + QPoint(40, 20));
    QVERIFY(settle(view));
    QTest::mouseClick(view.plot(), Qt::LeftButton, {}, place.at + QPoint(5, 5));
    QVERIFY(!linked.state.values().selected && !linked.state.values().band);
    linked.state.setBand(DurationBand{DurationKind::Run, 100, 1000}); // of what is not shown here
    QTest::mouseClick(view.plot(), Qt::LeftButton, {}, place.at);
    QVERIFY(linked.state.values().band.has_value());
}

void TestHeatMap::followsWhatIsVisibleAndFiltered()
{
    SHOWN_HEAT(linked, view, test::sample());
    const std::int64_t all = view.layoutShown()->map->total;
    linked.state.setReasons({{2, 114}});
    QVERIFY(settle(view));
    Selection cpuid;
    cpuid.reasons = {{2, 114}};
    QCOMPARE(view.layoutShown()->map->total, histogramOf(*linked.recording, cpuid, DurationKind::Gross).total);
    QVERIFY(view.layoutShown()->map->total < all);
    linked.state.setReasons({});
    view.plot()->setFocus();
    const TimeRange whole = linked.state.values().visible;
    QTest::keyClick(view.plot(), Qt::Key_W);
    const TimeRange visible = linked.state.values().visible;
    QVERIFY(visible.length() < whole.length());
    QVERIFY(settle(view));
    Selection range;
    range.from = visible.from;
    range.to = visible.to;
    QCOMPARE(view.layoutShown()->map->total, histogramOf(*linked.recording, range, DurationKind::Gross).total);
    const QPointF right = view.layoutShown()->plot.center() + QPointF(50, 0);
    const Ns at = view.layoutShown()->scale.pxToTime(right.x());
    QWheelEvent wheel(right, view.plot()->mapToGlobal(right), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.plot(), &wheel);
    QVERIFY(linked.state.values().visible.length() < visible.length());
    QVERIFY(settle(view));
    QVERIFY(std::abs(view.layoutShown()->scale.timeToPx(at) - right.x()) < 1.5); // stays below the pointer
    view.setShown(DurationKind::Run);
    linked.state.setVisible(whole);
    QVERIFY(settle(view));
    QCOMPARE(view.layoutShown()->map->total, histogramOf(*linked.recording, {}, DurationKind::Run).total);
}

void TestHeatMap::isByTimeAsReasonsAre()
{
    SHOWN_HEAT(linked, view, test::sample());
    QVERIFY(!view.layoutShown()->byTime);
    QVERIFY(view.layoutShown()->legendText.contains(QStringLiteral("exits in a cell")));
    linked.state.setMeasure(Measure::Gross);
    QTRY_VERIFY(view.layoutShown()->byTime);
    Ns most = 0;
    for (const HeatMap::Cell &cell : view.layoutShown()->map->cells)
        most = std::max(most, cell.ns);
    QCOMPARE(view.layoutShown()->most, most);
}

void TestHeatMap::tooltipTellsTheCell()
{
    SHOWN_HEAT(linked, view, makeRecording({{MadeVcpu{.count = 20}}})); // in Kvm for 1 µs each, every 2 µs
    const Place place = fullest(*view.layoutShown());
    QHelpEvent help(QEvent::ToolTip, place.at, view.plot()->mapToGlobal(place.at));
    QApplication::sendEvent(view.plot(), &help);
    QTRY_VERIFY(QToolTip::text().contains(QStringLiteral("1 exit of 1.00 µs to 1.21 µs, 1.00 µs in all")));
    QVERIFY2(heatToolTip(*view.layoutShown(), {2, 2}).isEmpty(), "beside the plot");
    const QPointF empty(view.layoutShown()->plot.right() - 3, place.at.y());
    QVERIFY(heatToolTip(*view.layoutShown(), empty).startsWith(QStringLiteral("0 exits of 1.00 µs")));
}

void TestHeatMap::isAModeOfDurations()
{
    LinkedViews linked;
    HistogramView view(linked.state, linked.numbers);
    view.resize(700, 400);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(linked.settle());
    QVERIFY(view.plot()->isVisible() && !view.heat().isVisible());
    auto *overTime = view.findChild<QCheckBox *>();
    QVERIFY(overTime && !overTime->accessibleName().isEmpty());
    QSignalSpy changed(&view, &HistogramView::overTimeChanged);
    QTest::mouseClick(overTime, Qt::LeftButton, {}, {8, overTime->height() / 2});
    QVERIFY(view.isOverTime() && changed.size() == 1);
    QVERIFY(!view.plot()->isVisible() && view.heat().isVisible());
    QVERIFY(settle(view.heat()));
    QVERIFY(view.heat().layoutShown()->map->of == DurationKind::Gross);
    view.setShown(DurationKind::Run);
    QVERIFY(settle(view.heat()));
    QVERIFY(view.heat().layoutShown()->map->of == DurationKind::Run);
    view.setOverTime(false);
    QVERIFY(!overTime->isChecked() && view.plot()->isVisible());
}

void TestHeatMap::hiddenItComputesNothing()
{
    LinkedViews linked;
    HeatView view(linked.state);
    view.setRecording(linked.recording);
    QTest::qWait(50);
    QVERIFY(!view.layoutShown());
    view.resize(500, 300);
    view.show();
    QVERIFY(settle(view));
}

void TestHeatMap::durationsAreNamedWhereTheyAre()
{
    ViewValues values;
    values.visible = boundsOf(*test::sample());
    for (const QSize size : {QSize(320, 160), QSize(700, 360), QSize(1600, 900)}) {
        const HeatLayout layout
            = layoutHeat({test::sample(), nullptr, values, Theme::light()}, DurationKind::Gross, size);
        QVERIFY(layout.ticksY.size() >= 2);
        double free = layout.plot.bottom() + 20;
        for (const HistogramTick &tick : layout.ticksY) {
            QVERIFY(layout.binToPx(tick.at) + 12 <= free);
            free = layout.binToPx(tick.at);
            const int bin = int(std::lround(tick.at));
            QCOMPARE(layout.pxToBin(free - 0.5), bin);
            QVERIFY2(
                binText(bin).contains(QString(tick.label).remove(QChar(0xa0)).remove(QStringLiteral("µs")).left(1)),
                qPrintable(tick.label));
        }
    }
}

QTEST_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
