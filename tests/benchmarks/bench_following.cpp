// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "app/window/workspace.h"
#include "tests/benchmarks/turn_report.h"
#include "tests/tools/made_exits.h"
#include "views/chart/custom_plot.h"
#include "views/chart/screen_work.h"
#include "views/durations/histogram_view.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::benchmark;

namespace {

constexpr int kVcpus = 8;
constexpr QSize kTimelineSize(2000, 600); // px
constexpr QSize kWindowSize(2000, 1200);
constexpr int kPaints = 30;
constexpr int kSteps = 60;
constexpr int kFrameMs = 16;
constexpr int kGiveUpMs = 60'000;
// What must hold, ms.
constexpr double kMostPaint = 8;
constexpr double kMostGrowth = 1.3; // from the few exits to the many
constexpr double kMostStep = 16;
constexpr double kMostLate = 300; // until the newest percentiles are there
constexpr double kMostStall = 50;

double cpuMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

double cpuMsOf(const auto &act)
{
    const double begin = cpuMs();
    act();
    return cpuMs() - begin;
}

bool check(bool isGood, const char *what)
{
    if (!isGood)
        std::printf("FAILED: %s\n", what);
    return isGood;
}

std::shared_ptr<const Recording> exits(std::size_t count)
{
    return testing::makeExits({.exits = count, .vcpus = kVcpus});
}

// Median of layout and paint of the whole timeline.
double paintMs(std::size_t count)
{
    const auto recording = exits(count);
    ViewValues values;
    values.visible = boundsOf(*recording);
    ChartInput input{recording, std::make_shared<const Numbers>(), values, Theme::light()};
    input.exits.update(recording, {});
    QCustomPlot plot;
    plot.resize(kTimelineSize);
    std::vector<double> layouts, paints, both;
    for (int i = 0; i < kPaints; ++i) {
        layouts.push_back(cpuMsOf([&] { buildTimeline(plot, input, kTimelineSize); }));
        paints.push_back(cpuMsOf([&] { plot.replot(QCustomPlot::rpImmediateRefresh); }));
        both.push_back(layouts.back() + paints.back());
    }
    const double median = nearestRank(both, 50);
    std::printf("timeline of %.0e exits: layout %.2f ms, paint %.2f ms, both %.2f ms\n", double(count),
        nearestRank(layouts, 50), nearestRank(paints, 50), median);
    return median;
}

// A workspace with a recording, and a hand on its mouse.
class Hand {
public:
    explicit Hand(std::shared_ptr<const Recording> recording) : m_workspace(m_directory.path())
    {
        m_workspace.resize(kWindowSize);
        m_workspace.show();
        m_workspace.setRecording(std::move(recording));
        rest(200); // until it has its layout
        settle();
    }

    Workspace &workspace() { return m_workspace; }
    ViewState &state() { return m_workspace.state(); }
    void settle()
    {
        until([this] { return isShown() && m_workspace.numbers().isPrepared() && ScreenWork::isAllDone(); });
        rest(kFrameMs);
    }

    // Drags over a widget, and prints what each step took until everything that follows from sums is painted.
    bool drag(const char *name, QWidget &widget, QPointF from, QPointF to)
    {
        std::vector<double> steps, sums;
        m_longest = 0;
        send(widget, QEvent::MouseButtonPress, from);
        for (int i = 1; i <= kSteps; ++i) {
            const QPointF at = from + (to - from) * i / kSteps;
            QElapsedTimer timer;
            timer.start();
            double ms = 0;
            sums.push_back(cpuMsOf([&] { send(widget, QEvent::MouseMove, at); }));
            ms = sums.back();
            if (m_workspace.numbers().newest()->selection != state().values().selection())
                ++m_lacking;
            while (!ScreenWork::isAllDone())
                ms += turn();
            ms += turn();
            steps.push_back(ms);
            rest(kFrameMs - int(timer.elapsed()));
        }
        send(widget, QEvent::MouseButtonRelease, to);
        QElapsedTimer late;
        late.start();
        until([this] { return isShown(); });
        const double lateMs = double(late.nsecsElapsed()) * 1e-6;
        settle();
        std::printf("%s: a step %.2f ms (p95 %.2f), of it sums and state %.2f ms; stall %.1f ms; percentiles after "
                    "%.0f ms; steps without sums %d\n",
            name, nearestRank(steps, 50), nearestRank(steps, 95), nearestRank(sums, 50), m_longest, lateMs, m_lacking);
        bool isGood = check(nearestRank(steps, 50) <= kMostStep, "a step takes too long");
        isGood = check(m_longest <= kMostStall, "it stalls") && isGood;
        isGood = check(lateMs <= kMostLate, "percentiles are late") && isGood;
        return check(std::exchange(m_lacking, 0) == 0, "a step shows no sums of its own") && isGood;
    }

private:
    bool isShown()
    {
        const auto &numbers = m_workspace.numbers().current();
        return numbers && numbers->isOf(m_workspace.recording(), state().values().selection());
    }
    double turn(int waitMs = 0)
    {
        const double ms = cpuMsOf([&] {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 0);
            if (waitMs > 0)
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, waitMs);
        });
        m_longest = std::max(m_longest, ms);
        return ms;
    }
    void rest(int ms)
    {
        QElapsedTimer timer;
        timer.start();
        do {
            turn();
            const timespec pause{0, 500'000};
            nanosleep(&pause, nullptr);
        } while (timer.elapsed() < ms);
    }
    void until(const auto &condition)
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition()) {
            if (timer.elapsed() > kGiveUpMs)
                qFatal("the numbers do not come");
            rest(1);
        }
    }
    static void send(QWidget &widget, QEvent::Type type, QPointF at)
    {
        const bool isMove = type == QEvent::MouseMove;
        QMouseEvent event(type, at, widget.mapToGlobal(at), isMove ? Qt::NoButton : Qt::LeftButton,
            type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &event);
    }

    QTemporaryDir m_directory;
    Workspace m_workspace;
    double m_longest = 0; // ms of CPU in one piece
    int m_lacking = 0;
};

bool brush(std::size_t count)
{
    Hand hand(exits(count));
    QCustomPlot &timeline = hand.workspace().timeline().plot();
    const QRectF area = hand.workspace().timeline().shown()->plot;
    const auto inTimeline
        = [&](double share) { return QPointF(area.left() + area.width() * share, area.top() + area.height() * 0.7); };
    bool isGood = hand.drag("brush a range", timeline, inTimeline(0.2), inTimeline(0.9));
    for (const bool inRange : {true, false}) {
        if (!inRange)
            hand.state().clearFilters();
        hand.settle();
        const QRectF plot = hand.workspace().histogram().layoutShown().plot;
        const auto inHistogram
            = [&](double share) { return QPointF(plot.left() + plot.width() * share, plot.center().y()); };
        isGood = hand.drag(inRange ? "brush a band in that range" : "brush a band of all",
                     *hand.workspace().histogram().plot(), inHistogram(0.2), inHistogram(0.9))
            && isGood;
    }
    return hand.drag("brush a range in that band", timeline, inTimeline(0.1), inTimeline(0.8)) && isGood;
}

} // namespace

// What views cost as exits become many, and whether numbers follow the mouse. Times are of the CPU, but for how late
// percentiles are. Ends with 1 if anything takes longer than it may.
int main(int argc, char **argv)
{
    useNoDisplay();
    const QApplication application(argc, argv);
    if (argc > 3) {
        std::fputs("usage: bench_following [EXITS [MANY]]\n", stderr);
        return 2;
    }
    const double brushed = argc > 1 ? std::atof(argv[1]) : 3e6;
    const double many = argc > 2 ? std::atof(argv[2]) : 1e7;
    const double few = paintMs(100'000);
    const double most = paintMs(std::size_t(many));
    std::printf("%.2f times as long\n", most / few);
    bool isGood = check(std::max(few, most) <= kMostPaint, "the timeline takes too long");
    isGood = check(most <= kMostGrowth * few, "the timeline takes longer the more exits there are") && isGood;
    isGood = brush(std::size_t(brushed)) && isGood;
    std::printf("%s\n", isGood ? "ok" : "FAILED");
    return isGood ? 0 : 1;
}
