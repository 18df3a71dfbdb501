// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/turn_report.h"
#include "tests/benchmarks/window_driver.h"

namespace exitscope::benchmark {

// Everything that a user does with a window, phase by phase.
class WindowPhases {
public:
    WindowPhases(WatchedApplication &application, WindowDriver &driver, TurnReport &report)
        : m_application(application), m_driver(driver), m_report(report)
    {
    }

    void open(const QString &path, int timelineWidth);
    void use();
    void openAgain(const QString &path); // it replaces what is open
    double cancel(const QString &path); // ms until the window says so

private:
    void phase(const QString &name, const std::function<void()> &act);
    void lookAround();
    void select();
    void filterByCharts();
    void filterByTable();
    void undoAndRedo();
    void arrange();

    QWidget *timeline() const;
    QPointF inTimeline(double share) const; // of its width
    void showMiddle(double share); // of the recording

    WatchedApplication &m_application;
    WindowDriver &m_driver;
    TurnReport &m_report;
};

} // namespace exitscope::benchmark
