// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractEventDispatcher>
#include <QTest>
#include <QtCharts/QPieSeries>

#include <memory>

#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/chart/screen_work.h"
#include "views/durations/histogram_view.h"
#include "views/overview/overview_view.h"
#include "views/reasons/pie_view.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

constexpr auto kSeen = "seen"; // property of what was looked at

// GLib's event loop tells of no turns.
const bool kWithoutGlib = qputenv("QT_NO_GLIB", "1");

} // namespace

// All charts of a window, and what each turn of the event loop builds and paints of them.
class TestChartTurns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void newNumbersAreShownChartByChart();
    void newSizeIsShownChartByChart();
    void newThemeIsShownChartByChart();
    void everyChartShowsTheNewestState();

private:
    struct Charts {
        LinkedViews linked;
        QWidget window;
        TimelineView timeline{linked.state, linked.numbers, &window};
        OverviewView overview{linked.state, linked.numbers, &window};
        PieView pie{linked.state, linked.numbers, &window};
        HistogramView histogram{linked.state, linked.numbers, &window};
        void setSize(QSize size);
    };

    void lookAtWhatIsBuilt();
    void watchTurns();
    void expectOneByOne(const QStringList &changed);

    std::unique_ptr<Charts> m_charts;
    QList<QStringList> m_turns; // of what was done in each
};

void TestChartTurns::Charts::setSize(QSize size)
{
    window.resize(size.width(), 4 * size.height());
    int y = 0;
    for (QWidget *view : {static_cast<QWidget *>(&timeline), static_cast<QWidget *>(&overview),
             static_cast<QWidget *>(&pie), static_cast<QWidget *>(&histogram)}) {
        view->setGeometry(0, y, size.width(), size.height());
        y += size.height();
    }
}

void TestChartTurns::init()
{
    QVERIFY(kWithoutGlib);
    m_charts = std::make_unique<Charts>();
    m_charts->setSize({900, 200});
    m_charts->timeline.setRecording(m_charts->linked.recording);
    m_charts->overview.setRecording(m_charts->linked.recording);
    m_charts->pie.setRecording(m_charts->linked.recording);
    m_charts->histogram.setRecording(m_charts->linked.recording);
    m_charts->window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&m_charts->window));
    QVERIFY(m_charts->linked.settle());
    watchTurns();
}

void TestChartTurns::cleanup()
{
    disconnect(QAbstractEventDispatcher::instance(), nullptr, this, nullptr);
    m_charts.reset();
}

// What is drawn of a chart is new when it is built anew.
void TestChartTurns::lookAtWhatIsBuilt()
{
    const auto look = [this](const char *chart, QObject *part) {
        if (part && !part->property(kSeen).toBool())
            m_turns.back() << QLatin1String(chart);
        if (part)
            part->setProperty(kSeen, true);
    };
    look("timeline", m_charts->timeline.plot().plottable());
    look("overview", m_charts->overview.plot().plottable());
    look("histogram", m_charts->histogram.plot()->plottable());
    look("pie", m_charts->pie.chart()->series().value(0));
}

void TestChartTurns::watchTurns()
{
    m_turns = {{}};
    lookAtWhatIsBuilt();
    m_turns = {{}};
    for (QCustomPlot *plot : {&m_charts->timeline.plot(), &m_charts->overview.plot(), m_charts->histogram.plot()})
        connect(plot, &QCustomPlot::afterReplot, this, [this] { m_turns.back() << QStringLiteral("paint"); });
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this, [this] {
        lookAtWhatIsBuilt();
        m_turns.emplaceBack();
    });
}

void TestChartTurns::expectOneByOne(const QStringList &changed)
{
    QVERIFY(m_charts->linked.settle());
    lookAtWhatIsBuilt();
    QStringList all;
    for (const QStringList &turn : m_turns) {
        QVERIFY2(turn.size() <= 1, qPrintable(turn.join(QStringLiteral(" and "))));
        all += turn;
    }
    for (const QString &name : changed)
        QVERIFY2(all.contains(name), qPrintable(name));
    QCOMPARE(all.count(QStringLiteral("pie")), 1); // once, and not for nothing
    QCOMPARE(all.count(QStringLiteral("histogram")), 1);
}

void TestChartTurns::newNumbersAreShownChartByChart()
{
    m_charts->linked.state.setScenarios({Scenario::Halt});
    expectOneByOne({QStringLiteral("timeline"), QStringLiteral("overview"), QStringLiteral("paint")});
}

void TestChartTurns::newSizeIsShownChartByChart()
{
    m_charts->setSize({1000, 220});
    m_charts->setSize({1000, 230});
    expectOneByOne({QStringLiteral("timeline"), QStringLiteral("overview"), QStringLiteral("paint")});
}

void TestChartTurns::newThemeIsShownChartByChart()
{
    m_charts->timeline.setTheme(Theme::dark());
    m_charts->overview.setTheme(Theme::dark());
    m_charts->pie.setTheme(Theme::dark());
    m_charts->histogram.setTheme(Theme::dark());
    expectOneByOne({QStringLiteral("timeline"), QStringLiteral("overview"), QStringLiteral("paint")});
}

// However quickly states follow each other, what is shown in the end is of the last.
void TestChartTurns::everyChartShowsTheNewestState()
{
    Charts &charts = *m_charts;
    const TimeRange bounds = charts.linked.state.bounds();
    for (int i = 1; i <= 20; ++i) {
        charts.linked.state.setVisible({bounds.from, bounds.to - bounds.length() * i / 40});
        charts.linked.state.setBand(DurationBand{DurationKind::Gross, 1'000, 1'000'000 * i});
        charts.linked.state.setMeasure(i % 2 == 0 ? Measure::Gross : Measure::Count);
        charts.setSize({900 + i, 200 + i});
        QCoreApplication::processEvents();
    }
    QVERIFY(charts.linked.settle());
    const ViewValues &values = charts.linked.state.values();
    QCOMPARE(charts.timeline.shown()->scale.range, values.visible);
    QCOMPARE(charts.timeline.shown()->plot.right(), 920.0 - 14);
    const OverviewLayout &overview = *charts.overview.shown();
    QCOMPARE(overview.window.right(), overview.scale.timeToPx(values.visible.to));
    QVERIFY(charts.histogram.layoutShown().band);
    QCOMPARE(charts.histogram.layoutShown().band->end, binsOf(*values.band).end);
    const auto *pie = qobject_cast<QPieSeries *>(charts.pie.chart()->series().value(0));
    QVERIFY(pie);
    double gross = 0;
    for (const ReasonGroup &group : charts.linked.numbers.current()->byReason->totals.reasons)
        gross += double(group.parts.gross());
    QCOMPARE(pie->sum(), gross);
}

QTEST_MAIN(TestChartTurns)
#include "tst_chart_turns.moc"
