// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QTest>
#include <QtCharts/QPieSeries>

#include "model/number_format.h"
#include "tests/tools/made_exits.h"
#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/chart/screen_work.h"
#include "views/durations/histogram_view.h"
#include "views/panels/status_line.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::testing;
using test::LinkedViews;

// While a range or a band is dragged, the sums on the screen are those of the newest step, and what is computed still
// is marked.
class TestFollowingNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_views.reset(); }
    void sumsFollowADraggedRange();
    void sumsFollowADraggedBand();
    void whatIsComputedStillIsMarked();
    void histogramOfAnOlderSelectionIsMarked();

private:
    struct Views {
        LinkedViews linked{makeExits({.exits = 60'000, .vcpus = 2, .reasons = 6})};
        QWidget window;
        TimelineView timeline{linked.state, linked.numbers, &window};
        HistogramView histogram{linked.state, linked.numbers, &window};
        PieView pie{linked.state, linked.numbers, &window};
        StatisticsTable table{linked.state, linked.numbers, &window};
        StatusLine status{linked.state, linked.numbers, &window};
    };
    // After an event, before anything else can have been computed.
    void expectNewestSums();
    static QString cell(const QAbstractItemModel &model, const QString &reason, const QString &field,
        int role = StatisticsModel::RawRole);

    std::unique_ptr<Views> m_views;
};

void TestFollowingNumbers::init()
{
    m_views = std::make_unique<Views>();
    Views &views = *m_views;
    views.window.resize(900, 1200);
    int y = 0;
    for (QWidget *view : {static_cast<QWidget *>(&views.timeline), static_cast<QWidget *>(&views.histogram),
             static_cast<QWidget *>(&views.pie), static_cast<QWidget *>(&views.table),
             static_cast<QWidget *>(&views.status)}) {
        view->setGeometry(0, y, 900, 240);
        y += 240;
    }
    views.timeline.setRecording(views.linked.recording);
    views.histogram.setRecording(views.linked.recording);
    views.pie.setRecording(views.linked.recording);
    views.table.setRecording(views.linked.recording);
    views.status.setRecording(views.linked.recording);
    views.window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&views.window));
    QVERIFY(views.linked.settle());
    QTRY_VERIFY(views.linked.numbers.isPrepared());
    QTRY_VERIFY(views.timeline.shown() && ScreenWork::isAllDone());
}

QString TestFollowingNumbers::cell(
    const QAbstractItemModel &model, const QString &reason, const QString &field, int role)
{
    const QModelIndexList row = model.match(model.index(0, 0), Qt::DisplayRole, reason, 1, Qt::MatchExactly);
    for (int column = 0; column < model.columnCount() && !row.isEmpty(); ++column)
        if (model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole).toString() == field)
            return model.index(row.front().row(), column).data(role).toString();
    return {};
}

void TestFollowingNumbers::expectNewestSums()
{
    const LinkedViews &linked = m_views->linked;
    const Selection selection = linked.state.values().selection();
    QCOMPARE(linked.numbers.newest()->selection, selection); // no turn of the event loop was between
    const Statistics wanted = statisticsOf(*linked.recording, selection);
    QVERIFY(wanted.totals.exits > 0);
    QCOMPARE(
        m_views->status.exitsLabel()->text(), QString(formatCount(wanted.totals.exits) + QStringLiteral(" exits")));
    while (!ScreenWork::isAllDone())
        QCoreApplication::processEvents();
    const QAbstractItemModel &shown = m_views->table.shownModel();
    double gross = 0;
    for (const ReasonGroup &group : wanted.totals.reasons) {
        const QString name = linked.recording->reasons[group.reason].name;
        QCOMPARE(cell(shown, name, QStringLiteral("count")), QString::number(group.count));
        QCOMPARE(cell(shown, name, QStringLiteral("gross_ns")), QString::number(group.parts.gross()));
        QCOMPARE(cell(shown, name, QStringLiteral("kvm_ns")), QString::number(group.parts.kvm));
        QCOMPARE(cell(shown, name, QStringLiteral("net_mean_ns")).toDouble(), *group.net.mean);
        gross += double(group.parts.gross());
    }
    const auto *slices = qobject_cast<QPieSeries *>(m_views->pie.chart()->series().value(0));
    QVERIFY(slices);
    QCOMPARE(slices->sum(), gross);
}

void TestFollowingNumbers::sumsFollowADraggedRange()
{
    Views &views = *m_views;
    views.linked.state.setMeasure(Measure::Gross);
    QCustomPlot &plot = views.timeline.plot();
    const QRectF area = views.timeline.shown()->plot;
    const int y = int(area.top() + area.height() * 0.7);
    QTest::mousePress(&plot, Qt::LeftButton, {}, QPoint(int(area.left()) + 60, y));
    for (int x = 100; x < 700; x += 60) {
        QTest::mouseMove(&plot, QPoint(int(area.left()) + x, y));
        QVERIFY(views.linked.state.values().selected);
        expectNewestSums();
        if (QTest::currentTestFailed())
            return;
    }
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, QPoint(int(area.left()) + 650, y));
    QVERIFY(views.linked.settle());
}

void TestFollowingNumbers::sumsFollowADraggedBand()
{
    Views &views = *m_views;
    views.linked.state.setMeasure(Measure::Gross);
    const TimeRange bounds = views.linked.state.bounds();
    views.linked.state.select(TimeRange{bounds.from, bounds.to - bounds.length() / 3});
    for (const DurationKind of : {DurationKind::Gross, DurationKind::Net, DurationKind::Run}) {
        views.linked.state.setBand(std::nullopt);
        views.histogram.setShown(of);
        QVERIFY(views.linked.settle());
        QTRY_VERIFY(views.linked.numbers.isPrepared());
        const HistogramLayout &layout = views.histogram.layoutShown();
        const auto at = [&](double share) {
            return QPointF(layout.plot.left() + layout.plot.width() * share, layout.plot.center().y()).toPoint();
        };
        QTest::mousePress(views.histogram.plot(), Qt::LeftButton, {}, at(0.3));
        for (const double share : {0.4, 0.5, 0.6, 0.7, 0.55}) {
            QTest::mouseMove(views.histogram.plot(), at(share));
            QVERIFY(views.linked.state.values().band && views.linked.state.values().band->of == of);
            expectNewestSums();
            if (QTest::currentTestFailed())
                return;
        }
        QTest::mouseRelease(views.histogram.plot(), Qt::LeftButton, {}, at(0.55));
    }
}

// Percentiles of before stand greyed in their place, and are not copied beside sums of now.
void TestFollowingNumbers::whatIsComputedStillIsMarked()
{
    Views &views = *m_views;
    const LiveNumbers &numbers = views.linked.numbers;
    const QAbstractItemModel &shown = views.table.shownModel();
    const QString name = views.linked.recording->reasons[1].name;
    const QString p95 = QStringLiteral("gross_p95_ns");
    const QString before = cell(shown, name, p95, Qt::DisplayRole);
    QCOMPARE(cell(shown, name, p95, StatisticsModel::OldRole), QStringLiteral("false"));
    const TimeRange bounds = views.linked.state.bounds();
    views.linked.state.select(TimeRange{bounds.from, bounds.from + bounds.length() / 2});
    QVERIFY(!numbers.newest()->isWhole); // and stays so until the event loop turns

    StatisticsModel model(StatisticsTopic::Reasons);
    model.setNumbers(numbers.newest(), numbers.current());
    QVERIFY(!cell(model, name, QStringLiteral("net_mean_ns")).isEmpty()); // the sums tell it
    QCOMPARE(cell(model, name, p95, StatisticsModel::OldRole), QStringLiteral("true"));
    QCOMPARE(cell(model, name, p95, Qt::DisplayRole), before);
    QCOMPARE(cell(model, name, p95), QString());
    QVERIFY(cell(model, name, p95, Qt::ToolTipRole).contains(QStringLiteral("is being computed")));
    QVERIFY(toTsv(model, {model.index(0, 0)}).contains(QStringLiteral("\t…\t")));
    model.setNumbers(numbers.newest()); // nothing of before
    QCOMPARE(cell(model, name, p95, Qt::DisplayRole), QStringLiteral("…"));

    QVERIFY(views.linked.settle());
    QCOMPARE(cell(shown, name, p95, StatisticsModel::OldRole), QStringLiteral("false"));
    QVERIFY(cell(shown, name, p95, Qt::DisplayRole) != QStringLiteral("…"));
    QVERIFY(!cell(shown, name, p95).isEmpty());
}

void TestFollowingNumbers::histogramOfAnOlderSelectionIsMarked()
{
    Views &views = *m_views;
    QVERIFY(!views.histogram.layoutShown().isOld);
    const ChartInput before = views.histogram.input();
    views.linked.state.setScenarios({Scenario::Qemu});
    QVERIFY(layoutHistogram(views.histogram.input(), DurationKind::Gross, {600, 400}).isOld);
    QVERIFY(views.linked.settle());
    QVERIFY(!views.histogram.layoutShown().isOld);
    QVERIFY(!layoutHistogram(before, DurationKind::Gross, {600, 400}).isOld);
    ChartInput dragged = before; // a band of what it shows leaves nothing out of it
    dragged.values.band = DurationBand{DurationKind::Gross, 500, 1000};
    QVERIFY(!layoutHistogram(dragged, DurationKind::Gross, {600, 400}).isOld);
    QVERIFY(layoutHistogram(dragged, DurationKind::Run, {600, 400}).isOld);
}

QTEST_MAIN(TestFollowingNumbers)
#include "tst_following_numbers.moc"
