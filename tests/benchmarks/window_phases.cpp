// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/window_phases.h"

#include <QElapsedTimer>
#include <QHeaderView>
#include <QTableView>
#include <QtCharts/QChartView>
#include <QtCharts/QPieSeries>
#include <QtCharts/QPieSlice>
#include <QtMath>

#include "views/chart/custom_plot.h"
#include "views/durations/histogram_view.h"
#include "views/overview/overview_view.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"

namespace exitscope::benchmark {

namespace {

constexpr int kMoves = 40; // of a drag
constexpr int kSteps = 25; // of a wheel or a key

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QPointF sliceOf(const PieView &view, const QChartView &chart)
{
    const auto *pie = qobject_cast<QPieSeries *>(view.chart()->series().value(0));
    if (!pie || pie->isEmpty())
        qFatal("there is no pie");
    const QRectF area = view.chart()->plotArea();
    const QPointF center(
        area.left() + area.width() * pie->horizontalPosition(), area.top() + area.height() * pie->verticalPosition());
    const double radius = std::min(area.width(), area.height()) * pie->pieSize() / 2;
    const QPieSlice *slice = pie->slices().front();
    const double angle = qDegreesToRadians(slice->startAngle() + slice->angleSpan() / 2);
    const QPointF at = center + QPointF(std::sin(angle), -std::cos(angle)) * radius * 0.8;
    return chart.mapFromScene(view.chart()->mapToScene(at));
}

} // namespace

void WindowPhases::phase(const QString &name, const std::function<void()> &act)
{
    m_application.takeTurns();
    act();
    m_driver.settle();
    m_report.add(name, m_application.takeTurns());
}

QWidget *WindowPhases::timeline() const
{
    return &m_driver.workspace().timeline().plot();
}

QPointF WindowPhases::inTimeline(double share) const
{
    const TimelineLayout &shown = *m_driver.workspace().timeline().shown();
    return {shown.plot.left() + shown.plot.width() * share, shown.plot.top() + shown.plot.height() * 0.7};
}

void WindowPhases::showMiddle(double share)
{
    const TimeRange bounds = m_driver.state().bounds();
    const Ns middle = bounds.from + bounds.length() / 2;
    const Ns half = Ns(double(bounds.length()) * share / 2);
    m_driver.state().setVisible({middle - half, middle + half});
    m_driver.settle();
}

void WindowPhases::open(const QString &path, int timelineWidth)
{
    phase(text("load"), [&] {
        m_driver.openWindow(timelineWidth);
        m_application.takeTurns(); // an empty window's own affair
        if (!m_driver.load(path))
            qFatal("%s cannot be loaded", qPrintable(path));
    });
    const int lacking = timelineWidth - timeline()->width();
    m_driver.window().resize(m_driver.window().width() + lacking, m_driver.window().height());
    m_driver.settle();
}

void WindowPhases::openAgain(const QString &path)
{
    phase(
        text("load in place of another"),
        [&] {
            if (!m_driver.load(path))
                qFatal("%s cannot be loaded", qPrintable(path));
        });
}

double WindowPhases::cancel(const QString &path)
{
    double ms = 0;
    phase(text("cancel a load"), [&] {
        LoadController &loader = m_driver.window().loader();
        bool half = false;
        const auto watch = QObject::connect(&loader, &LoadController::progressed, &m_driver,
            [&](const LoadProgress &progress) { half = progress.bytesDone * 2 > progress.bytesTotal; });
        m_driver.window().open({path});
        m_driver.until([&] { return half; });
        QElapsedTimer timer;
        timer.start();
        m_driver.key(timeline(), Qt::Key_Escape);
        m_driver.until([&] { return !loader.isLoading(); });
        ms = double(timer.nsecsElapsed()) * 1e-6;
        QObject::disconnect(watch);
    });
    return ms;
}

void WindowPhases::use()
{
    lookAround();
    select();
    filterByCharts();
    filterByTable();
    undoAndRedo();
    arrange();
}

void WindowPhases::lookAround()
{
    phase(text("zoom with Ctrl+wheel"), [this] {
        for (int i = 0; i < 3 * kSteps; ++i)
            m_driver.wheel(timeline(), inTimeline(0.4), i < 2 * kSteps ? 1 : -2, Qt::ControlModifier);
    });
    phase(text("hover, whole"), [this] {
        m_driver.state().setVisible(m_driver.state().bounds());
        for (int i = 0; i < kMoves; ++i)
            m_driver.move(timeline(), inTimeline(double(i) / kMoves));
    });
    for (const auto &[name, share] : {std::pair("tenth", 0.1), std::pair("thousandth", 0.001)}) {
        showMiddle(share);
        phase(
            text("pan by middle-drag, ") + text(name),
            [this] { m_driver.drag(timeline(), Qt::MiddleButton, inTimeline(0.8), inTimeline(0.1), kMoves); });
        phase(text("keys W A S D, ") + text(name), [this] {
            for (int i = 0; i < kSteps; ++i)
                for (const Qt::Key key : {Qt::Key_W, Qt::Key_A, Qt::Key_S, Qt::Key_D})
                    m_driver.key(timeline(), key);
        });
    }
    m_driver.state().setVisible(m_driver.state().bounds());
    m_driver.settle();
    phase(text("drag in the overview"), [this] {
        showMiddle(0.1);
        auto *overview = m_driver.window().findChild<OverviewView *>();
        const QPointF from = overview->shown()->window.center();
        m_driver.drag(&overview->plot(), Qt::LeftButton, from, from + QPointF(300, 0), kMoves);
    });
}

void WindowPhases::select()
{
    m_driver.state().setVisible(m_driver.state().bounds());
    m_driver.settle();
    phase(
        text("brush a range"),
        [this] { m_driver.drag(timeline(), Qt::LeftButton, inTimeline(0.2), inTimeline(0.9), kMoves); });
    phase(text("drop the range (Esc)"), [this] { m_driver.key(timeline(), Qt::Key_Escape); });
    phase(text("next and previous exit"), [this] {
        m_driver.click(timeline(), inTimeline(0.5));
        for (int i = 0; i < kSteps; ++i)
            m_driver.window().run(i % 5 < 4 ? CommandId::NextExit : CommandId::PreviousExit), m_driver.rest(16);
    });
}

void WindowPhases::filterByCharts()
{
    phase(
        text("click a slice, twice"),
        [this] {
            const PieView &pie = m_driver.workspace().pie();
            auto *chart = pie.findChild<QChartView *>();
            for (int i = 0; i < 2; ++i) {
                m_driver.click(chart->viewport(), sliceOf(pie, *chart));
                m_driver.settle();
            }
        });
    phase(text("measures 1 2 3"), [this] {
        for (const Qt::Key key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_1})
            m_driver.key(timeline(), key);
    });
    phase(
        text("drag a band of durations"),
        [this] {
            HistogramView &histogram = m_driver.workspace().histogram();
            const QRectF plot = histogram.layoutShown().plot;
            const double y = plot.center().y();
            m_driver.drag(histogram.plot(), Qt::LeftButton, {plot.left() + plot.width() * 0.3, y},
                {plot.left() + plot.width() * 0.8, y}, kMoves);
        });
    phase(
        text("next exit, in the band"),
        [this] {
            for (int i = 0; i < kSteps; ++i)
                m_driver.window().run(CommandId::NextExit), m_driver.rest(16);
        });
    phase(text("clear all filters"), [this] { m_driver.key(timeline(), Qt::Key_Escape, Qt::ShiftModifier); });
}

void WindowPhases::filterByTable()
{
    StatisticsTable &table = m_driver.workspace().table();
    phase(
        text("click rows of the tables"),
        [&] {
            for (const StatisticsTopic topic :
                {StatisticsTopic::Reasons, StatisticsTopic::Scenarios, StatisticsTopic::Vcpus}) {
                table.setTopic(topic);
                m_driver.settle();
                const QTableView *view = table.view(topic);
                m_driver.click(view->viewport(), view->visualRect(view->model()->index(0, 0)).center());
                m_driver.settle();
            }
        });
    phase(text("sort the tables"), [&] {
        for (const StatisticsTopic topic : {StatisticsTopic::Reasons, StatisticsTopic::Vcpus}) {
            table.setTopic(topic);
            QHeaderView *header = table.view(topic)->horizontalHeader();
            for (int section = 0; section < 6; ++section)
                m_driver.click(
                    header->viewport(), QPointF(header->sectionViewportPosition(section) + 12, header->height() / 2.0));
        }
    });
}

void WindowPhases::undoAndRedo()
{
    phase(
        text("undo all"),
        [this] {
            while (m_driver.state().canUndo())
                m_driver.key(timeline(), Qt::Key_Z, Qt::ControlModifier);
        });
    phase(text("redo all"), [this] {
        while (m_driver.state().canRedo())
            m_driver.key(timeline(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    });
    m_driver.state().clearFilters();
    m_driver.state().setVisible(m_driver.state().bounds());
    m_driver.settle();
}

void WindowPhases::arrange()
{
    TimelineView &view = m_driver.workspace().timeline();
    const VmKey vm; // the first
    phase(text("pCPUs, collapse, scroll"), [&] {
        TimelineOptions options = view.options();
        for (const bool on : {true, false}) {
            options.pcpus = on;
            view.setOptions(options);
            m_driver.rest(16);
        }
        for (int i = 0; i < 4; ++i) {
            view.toggleCollapsed(vm);
            m_driver.rest(60);
        }
        for (int i = 0; i < kSteps; ++i)
            m_driver.wheel(timeline(), inTimeline(0.5), i < kSteps / 2 ? -1 : 1, {});
    });
    view.toggleCollapsed(vm);
    m_driver.settle();
    phase(text("pan, all vCPUs in one row"), [this] {
        m_driver.state().zoom(0.5, m_driver.state().bounds().from);
        for (int i = 0; i < kSteps; ++i)
            m_driver.key(timeline(), Qt::Key_D);
    });
    view.toggleCollapsed(vm);
    m_driver.state().setVisible(m_driver.state().bounds());
    phase(text("themes"), [this] {
        m_driver.window().run(CommandId::ThemeDark);
        m_driver.settle();
        m_driver.window().run(CommandId::ThemeLight);
    });
    phase(text("resize the window"), [this] {
        const QSize size = m_driver.window().size();
        for (int i = kSteps; i >= 0; --i) {
            m_driver.window().resize(size - QSize(i * 8, i * 4));
            m_driver.rest(16);
        }
    });
}

} // namespace exitscope::benchmark
