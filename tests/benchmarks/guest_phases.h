// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/benchmarks/turn_report.h"
#include "tests/benchmarks/window_driver.h"
#include "tests/views/many_threads.h"

class QAction;

namespace exitscope::benchmark {

// What a user does with the rows of a guest's threads, phase by phase.
class GuestPhases {
public:
    GuestPhases(WatchedApplication &application, WindowDriver &driver, TurnReport &report)
        : m_application(application), m_driver(driver), m_report(report)
    {
    }

    void open(const testing::ManyThreads &made, int timelineWidth); // until the rows of threads are there
    void use(); // may be done again

private:
    void begin(); // as after open()
    void phase(const QString &name, const std::function<void()> &act);
    void trigger(const char *text); // an action of the timeline's menu
    void awaitList(ThreadOrder order);
    void fold(int rows); // the first processes that are seen, one after the other, by a click on each
    void scrollTo(bool bottom, int steps); // by the wheel, so many steps at a time
    void unfoldAll();
    void search();
    void sort();
    void lookAround();
    void choose();
    void listInTable();

    TimelineView &view() const;
    QWidget *plot() const;
    QPointF inRows(double share) const; // of their width, at their middle

    WatchedApplication &m_application;
    WindowDriver &m_driver;
    TurnReport &m_report;
};

} // namespace exitscope::benchmark
