// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QHelpEvent>
#include <QJsonArray>
#include <QTest>
#include <QToolTip>

#include <array>
#include <numeric>

#include "model/statistics/distribution_pass.h"
#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/durations/histogram_chart.h"
#include "views/durations/histogram_view.h"

using namespace exitscope;
using test::LinkedViews;

class TestHistogram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bandsHoldWhatTheirBarsCount();
    void textsStandFree_data();
    void textsStandFree();
    void crowdedPercentilesStandFree();
    void showsReasonsInTheirColours();
    void dimsWhatIsNotChosen();
    void tellsThatThereIsNothing();
    void dragSelectsABand();
    void escapeTakesADragBack();
    void keyboardMovesTheBand();
    void runsHaveTheirOwnBand();
    void tooltipTellsTheBin();

private:
    static ChartInput inputOf(const Selection &selection);
    static QPoint middleOf(const HistogramView &view, int bin);
    static void verifyFree(const HistogramLayout &layout, QSize size);
};

ChartInput TestHistogram::inputOf(const Selection &selection)
{
    const auto numbers = std::make_shared<const Numbers>(numbersOf(test::sample(), selection));
    return {test::sample(), numbers, {}, Theme::light()};
}

void TestHistogram::bandsHoldWhatTheirBarsCount()
{
    for (const BinRange bins : {BinRange{0, 5}, BinRange{20, 40}, BinRange{30, DurationBins::kCount}}) {
        const DurationBand band = bandOf(bins, DurationKind::Net);
        QCOMPARE(binsOf(band), bins);
        Selection selection;
        selection.bandOf = DurationKind::Net;
        selection.minNs = band.minNs;
        selection.maxNs = band.maxNs;
        const DurationHistogram all = histogramOf(*test::sample(), {}, DurationKind::Net);
        std::int64_t counted = 0;
        for (const auto &counts : all.counts)
            counted = std::accumulate(counts.begin() + bins.first, counts.begin() + bins.end, counted);
        QCOMPARE(statisticsOf(*test::sample(), selection).totals.exits, counted);
    }
}

void TestHistogram::verifyFree(const HistogramLayout &layout, QSize size)
{
    const QRectF all(QPointF(0, 0), QSizeF(size));
    const QFontMetricsF metrics(Theme::light().font());
    QCOMPARE(layout.marks.size(), std::size_t(3));
    for (std::size_t i = 0; i < layout.marks.size(); ++i) {
        const HistogramMark &mark = layout.marks[i];
        QVERIFY2(all.contains(mark.box), qPrintable(mark.text));
        QVERIFY(mark.box.width() >= metrics.horizontalAdvance(mark.text));
        QVERIFY(mark.box.bottom() <= layout.plot.top());
        for (std::size_t j = 0; j < layout.marks.size(); ++j) {
            const HistogramMark &other = layout.marks[j];
            QVERIFY(i == j || !mark.box.intersects(other.box));
            const bool lineIsBeside = other.x <= mark.box.left() || other.x >= mark.box.right();
            QVERIFY(i == j || lineIsBeside || other.box.top() > mark.box.top()); // no line through a text
        }
    }
    double free = 0;
    QVERIFY(layout.ticksX.size() >= 2);
    for (const HistogramTick &tick : layout.ticksX) {
        const double half = metrics.horizontalAdvance(tick.label) / 2;
        QVERIFY2(layout.binToPx(tick.at) - half >= free, qPrintable(tick.label));
        free = layout.binToPx(tick.at) + half;
    }
    QVERIFY(free <= size.width());
    for (std::size_t i = 0; i < layout.legend.size(); ++i) {
        QVERIFY2(all.contains(layout.legend[i].box), qPrintable(layout.legend[i].text));
        for (std::size_t j = 0; j < i; ++j)
            QVERIFY(!layout.legend[i].box.intersects(layout.legend[j].box));
    }
}

void TestHistogram::textsStandFree_data()
{
    QTest::addColumn<QSize>("size");
    for (const QSize size : {QSize(320, 160), QSize(320, 240), QSize(600, 400), QSize(1200, 700)})
        QTest::addRow("%dx%d", size.width(), size.height()) << size;
}

void TestHistogram::textsStandFree()
{
    QFETCH(const QSize, size);
    for (const DurationKind of : {DurationKind::Gross, DurationKind::Net, DurationKind::Run}) {
        verifyFree(layoutHistogram(inputOf({}), of, size), size);
        if (QTest::currentTestFailed())
            return;
    }
}

void TestHistogram::crowdedPercentilesStandFree()
{
    auto numbers = std::make_shared<Numbers>(*inputOf({}).numbers);
    for (const std::array<Ns, 3> &values :
        {std::array<Ns, 3>{50'000, 50'000, 50'000}, {24'000, 24'100, 24'200}, {24'000, 200'000'000, 210'000'000},
            {150'000'000, 200'000'000, 210'000'000}, {24'000, 60'000, 200'000'000}}) {
        numbers->gross.p50 = values[0];
        numbers->gross.p95 = values[1];
        numbers->gross.p99 = values[2];
        for (const QSize size : {QSize(320, 240), QSize(600, 400), QSize(1200, 700)}) {
            verifyFree(layoutHistogram({test::sample(), numbers, {}, Theme::light()}, DurationKind::Gross, size), size);
            if (QTest::currentTestFailed())
                return;
        }
    }
}

void TestHistogram::showsReasonsInTheirColours()
{
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        ChartInput input = inputOf({});
        input.theme = theme;
        QCustomPlot plot;
        const QSize size(600, 400);
        plot.resize(size);
        buildHistogram(plot, input, DurationKind::Gross, size);
        const QImage image = plot.toPixmap(size.width(), size.height()).toImage();
        const HistogramLayout layout = layoutHistogram(input, DurationKind::Gross, size);
        QCOMPARE(layout.stack.front().name, QStringLiteral("cpuid"));
        const int bin = DurationBins::indexOf(24'000); // most of them
        const QPoint bar(int(layout.binToPx(bin + 0.5)), int(layout.plot.bottom()) - 20);
        QCOMPARE(image.pixel(bar), theme.reason(exitReason({2, 114})).rgb());
        QCOMPARE(image.pixel(2, 2), theme.window().rgb());
    }
}

void TestHistogram::dimsWhatIsNotChosen()
{
    ChartInput input = inputOf({});
    input.values.reasons = {{2, 123}}; // io
    const HistogramLayout layout = layoutHistogram(input, DurationKind::Gross, {600, 400});
    for (const HistogramSeries &series : layout.stack)
        QCOMPARE(series.chosen, series.name == QStringLiteral("io"));
    QCustomPlot plot;
    buildHistogram(plot, input, DurationKind::Gross, {600, 400});
    QVERIFY(layout.isOld); // until the numbers are of these values
    const float cpuid = plot.plottable(0)->brush().color().alphaF();
    const float io = plot.plottable(1)->brush().color().alphaF();
    QVERIFY(cpuid < io / 2);
    QVERIFY(io < 1);
    Selection chosen;
    chosen.reasons = input.values.reasons;
    input.numbers = inputOf(chosen).numbers;
    QVERIFY(!layoutHistogram(input, DurationKind::Gross, {600, 400}).isOld);
    buildHistogram(plot, input, DurationKind::Gross, {600, 400});
    QCOMPARE(plot.plottable(0)->brush().color().alphaF(), 1.0F); // io
    QCOMPARE(plot.legend->itemCount(), 0); // the layout has its own; taking 160 bars out of this took most of a build
}

void TestHistogram::tellsThatThereIsNothing()
{
    Selection none;
    none.vcpus = {VcpuKey{{9, 0}, 0}};
    const HistogramLayout layout = layoutHistogram(inputOf(none), DurationKind::Run, {600, 400});
    QCOMPARE(layout.message, QStringLiteral("No runs in the selection"));
    QCustomPlot plot;
    buildHistogram(plot, inputOf(none), DurationKind::Run, {600, 400});
    QVERIFY(!plot.xAxis->visible());
    buildHistogram(plot, inputOf({}), DurationKind::Run, {600, 400}); // and it comes back
    QVERIFY(plot.xAxis->visible());
    QCOMPARE(plot.plottableCount(), int(layoutHistogram(inputOf({}), DurationKind::Run, {600, 400}).stack.size()));
}

QPoint TestHistogram::middleOf(const HistogramView &view, int bin)
{
    const HistogramLayout &layout = view.layoutShown();
    return {int(layout.binToPx(bin + 0.5)), int(layout.plot.center().y())};
}

// A view of the sample, laid out.
#define SHOWN_HISTOGRAM(linked, view)                                                                                  \
    LinkedViews linked;                                                                                                \
    HistogramView view(linked.state, linked.numbers);                                                                  \
    view.resize(700, 420);                                                                                             \
    view.show();                                                                                                       \
    view.setRecording(linked.recording);                                                                               \
    QVERIFY(linked.settle());                                                                                          \
    QVERIFY(!view.layoutShown().isEmpty())

void TestHistogram::dragSelectsABand()
{
    SHOWN_HISTOGRAM(linked, view);
    const std::int64_t all = linked.totals().exits;
    const int first = DurationBins::indexOf(40'000);
    const int last = DurationBins::indexOf(150'000);
    QTest::mousePress(view.plot(), Qt::LeftButton, {}, middleOf(view, first));
    QTest::mouseMove(view.plot(), middleOf(view, first + 2));
    QTest::mouseMove(view.plot(), middleOf(view, last));
    QTest::mouseRelease(view.plot(), Qt::LeftButton, {}, middleOf(view, last));
    QVERIFY(linked.settle());
    const DurationBand wanted{DurationKind::Gross, DurationBins::lower(first), DurationBins::upper(last)};
    QCOMPARE(linked.state.values().band, std::optional(wanted));
    std::int64_t bars = 0;
    for (int bin = first; bin <= last; ++bin)
        bars += view.layoutShown().countOf(bin);
    QCOMPARE(linked.totals().exits, bars);
    QCOMPARE(view.layoutShown().total, statisticsOf(*linked.recording, {}).totals.timed); // it shows all still

    const QJsonObject report = test::sampleReport({QStringLiteral("--min-ns"), QString::number(*wanted.minNs),
        QStringLiteral("--max-ns"), QString::number(*wanted.maxNs)});
    std::int64_t told = 0;
    for (const QJsonValue reason : report[QStringLiteral("reasons")].toArray())
        told += reason[QStringLiteral("count")].toInteger();
    QCOMPARE(linked.totals().exits, told);

    QTest::mouseClick(view.plot(), Qt::LeftButton, {}, middleOf(view, first)); // drops it
    QVERIFY(!linked.state.values().band);
    linked.state.undo();
    QCOMPARE(linked.state.values().band, std::optional(wanted));
    linked.state.undo(); // the whole drag was one step
    QVERIFY(!linked.state.canUndo());
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, all);
}

void TestHistogram::escapeTakesADragBack()
{
    SHOWN_HISTOGRAM(linked, view);
    QTest::mousePress(view.plot(), Qt::LeftButton, {}, middleOf(view, 32));
    QTest::mouseMove(view.plot(), middleOf(view, 36));
    QVERIFY(linked.state.values().band);
    QTest::keyClick(view.plot(), Qt::Key_Escape);
    QVERIFY(!linked.state.values().band);
    QVERIFY(!linked.state.canUndo());
    QTest::mouseRelease(view.plot(), Qt::LeftButton, {}, middleOf(view, 36));
    QVERIFY(!linked.state.values().band);
}

void TestHistogram::keyboardMovesTheBand()
{
    SHOWN_HISTOGRAM(linked, view);
    const int median = DurationBins::indexOf(*linked.numbers.current()->gross.p50);
    const auto isBand = [&](int first, int end) {
        return linked.state.values().band == bandOf({first, end}, DurationKind::Gross);
    };
    QTest::keyClick(view.plot(), Qt::Key_Right);
    QVERIFY(isBand(median, median + 1));
    QTest::keyClick(view.plot(), Qt::Key_Right);
    QVERIFY(isBand(median + 1, median + 2));
    QTest::keyClick(view.plot(), Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(isBand(median + 1, median + 3));
    QTest::keyClick(view.plot(), Qt::Key_Left);
    QVERIFY(isBand(median, median + 2));
    QTest::keyClick(view.plot(), Qt::Key_Left, Qt::ShiftModifier);
    QTest::keyClick(view.plot(), Qt::Key_Left, Qt::ShiftModifier); // never empty
    QVERIFY(isBand(median, median + 1));
    QTest::keyClick(view.plot(), Qt::Key_Escape);
    QVERIFY(!linked.state.values().band);
}

void TestHistogram::runsHaveTheirOwnBand()
{
    SHOWN_HISTOGRAM(linked, view);
    linked.state.setBand(DurationBand{DurationKind::Net, 30'000, 60'000});
    QVERIFY(linked.settle());
    QVERIFY(!view.layoutShown().band); // of another duration
    auto *choice = view.findChild<QComboBox *>();
    QTest::keyClick(choice, Qt::Key_Down);
    QCOMPARE(view.shown(), DurationKind::Net);
    QVERIFY(view.layoutShown().band);
    view.setShown(DurationKind::Run);
    QCOMPARE(view.layoutShown().total, linked.numbers.current()->runs.total);
    QTest::keyClick(view.plot(), Qt::Key_Right);
    QCOMPARE(linked.state.values().band->of, DurationKind::Run);
}

void TestHistogram::tooltipTellsTheBin()
{
    SHOWN_HISTOGRAM(linked, view);
    const int bin = DurationBins::indexOf(24'000);
    const QPoint at = middleOf(view, bin);
    QHelpEvent help(QEvent::ToolTip, at, view.plot()->mapToGlobal(at));
    QCoreApplication::sendEvent(view.plot(), &help);
    const QString told = QToolTip::text();
    QVERIFY2(told.startsWith(binText(bin)), qPrintable(told));
    QVERIFY2(told.contains(QStringLiteral("cpuid: ")), qPrintable(told));
    QVERIFY2(told.contains(QStringLiteral("until the guest ran again")), qPrintable(told));
}

QTEST_MAIN(TestHistogram)
#include "tst_histogram.moc"
