// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QTest>
#include <QtCharts/QChartView>
#include <QtCharts/QPieSeries>

#include "tests/views/linked_views.h"
#include "tests/views/slice_click.h"
#include "views/reasons/pie_chart.h"
#include "views/reasons/pie_view.h"

using namespace exitscope;
using test::clickSlice;
using test::LinkedViews;
using test::pieSeries;

class TestPie : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void labelsStandFree_data();
    void labelsStandFree();
    void otherHoldsTheRest();
    void clickChoosesReasons();
    void controlClickAdds();
    void keyboardChooses();
    void measureAndPiesPerVcpu();

private:
    static std::vector<PieSlice> storms();
    static std::vector<PieSlice> worstCase();
};

std::vector<PieSlice> TestPie::storms()
{
    const Statistics statistics = statisticsOf(*test::sample(), {});
    return pieSlices(statistics.totals, test::sample()->reasons, {}, Theme::light());
}

// Eight slices with the longest names there are; five are below 2 %.
std::vector<PieSlice> TestPie::worstCase()
{
    ReasonTable reasons;
    Totals totals;
    const std::int64_t counts[]{600, 200, 125, 19, 17, 15, 13, 11};
    const std::int64_t codes[]{48, 49, 1, 31, 32, 33, 44, 52}; // VMX
    for (std::size_t i = 0; i < std::size(counts); ++i) {
        ReasonGroup group;
        group.reason = reasons.indexOf({1, codes[i]});
        group.count = counts[i];
        totals.reasons.push_back(group);
    }
    return pieSlices(totals, reasons, {}, Theme::light());
}

void TestPie::labelsStandFree_data()
{
    QTest::addColumn<bool>("worst");
    QTest::addColumn<QSizeF>("size");
    for (const bool worst : {false, true})
        for (const QSizeF size : {QSizeF(320, 200), QSizeF(320, 320), QSizeF(600, 400), QSizeF(1200, 700)})
            QTest::addRow("%s %gx%g", worst ? "worst" : "storms", size.width(), size.height()) << worst << size;
}

void TestPie::labelsStandFree()
{
    QFETCH(const bool, worst);
    QFETCH(const QSizeF, size);
    const std::vector<PieSlice> slices = worst ? worstCase() : storms();
    QCOMPARE(slices.size(), std::size_t(worst ? 8 : 6));
    const QRectF area(QPointF(6, 6), size - QSizeF(12, 12));
    const QFontMetricsF metrics(Theme::light().font());
    const PieLayout layout = layoutPie(slices, area, metrics);
    QCOMPARE(layout.labels.size(), slices.size());
    QVERIFY(layout.radius >= 20);
    for (std::size_t i = 0; i < layout.labels.size(); ++i) {
        const PieLabel &label = layout.labels[i];
        QCOMPARE(label.text, sliceText(slices[label.slice])); // not cut
        QVERIFY(label.box.width() >= metrics.horizontalAdvance(label.text));
        QVERIFY(label.box.height() >= metrics.height());
        QVERIFY2(area.adjusted(-0.01, -0.01, 0.01, 0.01).contains(label.box), qPrintable(label.text));
        const double near = std::clamp(layout.center.x(), label.box.left(), label.box.right());
        QVERIFY(std::abs(near - layout.center.x()) >= layout.radius); // beside the pie
        for (std::size_t j = 0; j < i; ++j)
            QVERIFY2(!label.box.intersects(layout.labels[j].box),
                qPrintable(label.text + QStringLiteral(" / ") + layout.labels[j].text));
    }
}

void TestPie::otherHoldsTheRest()
{
    ReasonTable reasons;
    Totals totals;
    for (int code = 0; code < 20; ++code) {
        ReasonGroup group;
        group.reason = reasons.indexOf({1, code});
        group.count = 100 - code;
        totals.reasons.push_back(group);
    }
    const auto slices = pieSlices(totals, reasons, {}, Theme::light());
    QCOMPARE(slices.size(), std::size_t(kMostSlices) + 1);
    QCOMPARE(slices.back().reasons.size(), std::size_t(20 - kMostSlices));
    double sum = 0;
    for (const PieSlice &slice : slices)
        sum += slice.share;
    QCOMPARE(sum, 1.0);
}

// A view of the sample, laid out.
#define SHOWN_PIE(linked, view)                                                                                        \
    LinkedViews linked;                                                                                                \
    PieView view(linked.state, linked.numbers);                                                                        \
    view.resize(600, 420);                                                                                             \
    view.show();                                                                                                       \
    view.setRecording(linked.recording);                                                                               \
    QVERIFY(linked.settle());                                                                                          \
    QVERIFY(pieSeries(view))

void TestPie::clickChoosesReasons()
{
    SHOWN_PIE(linked, view);
    QCOMPARE(pieSeries(view)->slices().at(0)->label(), QStringLiteral("cpuid"));
    const std::int64_t all = linked.totals().exits;
    clickSlice(view, 0);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{{2, 114}}));
    // Others are told the numbers that the command line prints.
    const QJsonObject report = test::sampleReport({QStringLiteral("--reason"), QStringLiteral("cpuid")});
    const QJsonObject cpuid = report[QStringLiteral("reasons")][0].toObject();
    QCOMPARE(linked.totals().exits, cpuid[QStringLiteral("count")].toInteger());
    QVERIFY(linked.totals().exits < all);
    QCOMPARE(pieSeries(view)->count(), 6); // it shows all reasons still, those not chosen dimmed
    QCOMPARE(pieSeries(view)->slices().at(0)->brush().color().alphaF(), 1.0F);
    QVERIFY(pieSeries(view)->slices().at(1)->brush().color().alphaF() < 0.5F);
    clickSlice(view, 0); // again: all
    QVERIFY(linked.settle());
    QVERIFY(linked.state.values().reasons.empty());
    linked.state.undo();
    linked.state.undo();
    QVERIFY(linked.settle());
    QVERIFY(!linked.state.canUndo());
    QCOMPARE(linked.totals().exits, all);
}

void TestPie::controlClickAdds()
{
    SHOWN_PIE(linked, view);
    clickSlice(view, 0);
    QVERIFY(linked.settle());
    clickSlice(view, 1, Qt::ControlModifier);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons.size(), std::size_t(2));
    clickSlice(view, 0, Qt::ControlModifier);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{{2, 123}})); // io
}

void TestPie::keyboardChooses()
{
    SHOWN_PIE(linked, view);
    auto *chart = view.findChild<QChartView *>();
    QTest::keyClick(chart, Qt::Key_Right);
    QTest::keyClick(chart, Qt::Key_Right);
    QTest::keyClick(chart, Qt::Key_Space);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{{2, 123}}));
    QTest::keyClick(chart, Qt::Key_Left);
    QTest::keyClick(chart, Qt::Key_Return);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{{2, 114}}));
    QTest::keyClick(chart, Qt::Key_Left); // before the first is the last
    QTest::keyClick(chart, Qt::Key_Enter, Qt::ControlModifier);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons.size(), std::size_t(2));
}

void TestPie::measureAndPiesPerVcpu()
{
    SHOWN_PIE(linked, view);
    auto *measure = view.findChild<QComboBox *>();
    measure->setFocus();
    QTest::keyClick(measure, Qt::Key_Down);
    QCOMPARE(linked.state.values().measure, Measure::Gross);
    QVERIFY(linked.settle());
    QCOMPARE(pieSeries(view)->slices().at(0)->label(), QStringLiteral("hlt")); // rests longest
    const Statistics statistics = statisticsOf(*linked.recording, {});
    double gross = 0;
    for (const ReasonGroup &group : statistics.totals.reasons)
        gross += double(group.parts.gross());
    QCOMPARE(pieSeries(view)->sum(), gross);
    linked.state.undo();
    QCOMPARE(measure->currentIndex(), int(Measure::Count));

    view.findChild<QCheckBox *>()->click();
    QCOMPARE(view.chart()->series().size(), qsizetype(statistics.vms[0].vcpus.size()));
    for (std::size_t i = 0; i < statistics.vms[0].vcpus.size(); ++i)
        QCOMPARE(pieSeries(view, int(i))->sum(), double(statistics.vms[0].vcpus[i].totals.exits));
    // The keyboard walks over all of them.
    auto *chart = view.findChild<QChartView *>();
    for (int i = 0; i <= pieSeries(view)->count(); ++i)
        QTest::keyClick(chart, Qt::Key_Right);
    QTest::keyClick(chart, Qt::Key_Space);
    QVERIFY(linked.settle());
    QCOMPARE(exitReason(*linked.state.values().reasons.begin()).name, pieSeries(view, 1)->slices().front()->label());
}

QTEST_MAIN(TestPie)
#include "tst_pie.moc"
