// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QFile>

#include <cstdio>
#include <cstring>
#include <span>

#include "tests/benchmarks/window_phases.h"
#include "views/chart/custom_plot.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::benchmark;

namespace {

constexpr int kTimelineWidth = 2000; // px
constexpr int kRepetitions = 3; // at most: as soon as every phase was within the limit it is enough
constexpr int kPaints = 30;
constexpr double kMostCancelMs = 100; // until the window says so, as the clock on the wall goes

// MiB; of /proc/self/status.
double memory(const char *field)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArrayList lines = file.readAll().split('\n');
    for (const QByteArray &line : lines)
        if (line.startsWith(field))
            return line.simplified().split(' ').value(1).toDouble() / 1024;
    return 0;
}

template <typename Act>
double msOf(const Act &act)
{
    QElapsedTimer timer;
    timer.start();
    act();
    return double(timer.nsecsElapsed()) * 1e-6;
}

// Of the timeline as it stands in the window, at its size.
void printPaint(const char *name, WindowDriver &driver, TimeRange visible)
{
    driver.state().setVisible(visible);
    driver.settle();
    TimelineView &view = driver.workspace().timeline();
    QCustomPlot &plot = view.plot();
    const ChartInput input = driver.workspace().chartInput();
    std::vector<double> layouts, paints;
    for (int i = 0; i < kPaints; ++i) {
        layouts.push_back(msOf([&] { buildTimeline(plot, input, plot.size(), view.options()); }));
        paints.push_back(msOf([&] { plot.replot(QCustomPlot::rpImmediateRefresh); }));
    }
    std::printf("%-26s %4dx%-4d %10.2f %9.2f\n", name, plot.width(), plot.height(), nearestRank(layouts, 50),
        nearestRank(paints, 50));
}

void printPaints(WindowDriver &driver)
{
    const TimeRange bounds = driver.state().bounds();
    const Vcpu &vcpu = driver.workspace().recording()->hosts.front().vms.front().vcpus.front();
    const std::span<const Ns> times = vcpu.exits.times();
    const std::size_t middle = times.size() / 2;
    std::printf("\n%-26s %9s %10s %9s\n", "paint of the timeline", "px", "layout ms", "paint ms");
    printPaint("the whole recording", driver, bounds);
    printPaint("in the storm, a hundredth", driver,
        {times[middle] - bounds.length() / 200, times[middle] + bounds.length() / 200});
    printPaint("single exits", driver, {times[middle], times[middle + 20]});
}

struct Result {
    TurnReport turns;
    double cancelMs = 0; // the best of the repetitions
};

void measure(WatchedApplication &application, const QString &path, Result &result)
{
    WindowDriver driver(application);
    WindowPhases phases(application, driver, result.turns);
    phases.open(path, kTimelineWidth);
    const double opened = memory("VmRSS:");
    phases.use();
    const double used = memory("VmRSS:");
    phases.openAgain(path);
    const double again = memory("VmRSS:");
    const double cancelled = phases.cancel(path);
    result.cancelMs = result.cancelMs == 0 ? cancelled : std::min(result.cancelMs, cancelled);
    printPaints(driver);
    std::printf("\nmemory, MiB: opened %.0f, used %.0f, opened again %.0f, at most %.0f\n", opened, used, again,
        memory("VmHWM:"));
    const double closed = msOf([&] { driver.closeWindow(); });
    std::printf("cancelled after %.1f ms, closed after %.1f ms\n\n", cancelled, closed);
    std::fflush(stdout);
}

// For a profiler.
int measurePaint(WatchedApplication &application, const QString &path)
{
    WindowDriver driver(application);
    TurnReport ignored;
    WindowPhases(application, driver, ignored).open(path, kTimelineWidth);
    printPaints(driver);
    return 0;
}

} // namespace

// Opens a trace in the real window, uses it as a hand does, and prints how long the GUI thread was busy at a time.
// Ends with 1 if that was ever longer than the limit.
int main(int argc, char **argv)
{
    useNoDisplay();
    WatchedApplication application(argc, argv);
    const bool onlyPaint = argc == 3 && std::strcmp(argv[1], "paint") == 0;
    if (argc != 2 && !onlyPaint) {
        std::fputs("usage: bench_window [paint] PATH\n", stderr);
        return 2;
    }
    if (onlyPaint)
        return measurePaint(application, QString::fromLocal8Bit(argv[2]));
    Result result;
    for (int i = 0; i < kRepetitions && (i == 0 || !result.turns.isWithinLimit()); ++i)
        measure(application, QString::fromLocal8Bit(argv[1]), result);
    result.turns.print();
    const bool good = result.turns.isWithinLimit() && result.cancelMs <= kMostCancelMs;
    std::printf("%s: no turn of the event loop above %.0f ms of wall time, but for what it waited for a CPU\n",
        good ? "ok" : "FAILED", TurnReport::kLimitMs);
    return good ? 0 : 1;
}
