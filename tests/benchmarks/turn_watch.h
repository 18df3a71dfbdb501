// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QString>

#include <chrono>
#include <vector>

namespace exitscope::benchmark {

// One lap of the event loop, without the time that it waits: as long can a key wait until it is looked at.
struct Turn {
    double ms = 0;
    double cpuMs = 0; // of the thread
    double stolenMs = 0; // in which it could have run, and other threads and programs had the CPUs
    // What the window itself stood still for: it ran, or waited for a lock or a disk.
    double ownMs() const { return ms - stolenMs; }
    QString what; // the event that took longest in it
    double whatMs = 0;
};

// Before an application is made: without a display, unless QT_QPA_PLATFORM asks for one, and silent about what that
// cannot do. A fatal message ends the program with 1.
void useNoDisplay();

// An application that measures the turns of its event loop.
class WatchedApplication : public QApplication {
public:
    WatchedApplication(int &argc, char **argv);

    // Events for this object are no turns: the benchmark's own timers.
    void setDriver(const QObject *driver) { m_driver = driver; }
    // The turns since it was called last.
    std::vector<Turn> takeTurns();

    bool notify(QObject *receiver, QEvent *event) override;

private:
    using Clock = std::chrono::steady_clock;

    void lap();
    void pause();
    void resume();

    const QObject *m_driver = nullptr;
    std::vector<Turn> m_turns;
    Turn m_turn;
    Clock::time_point m_begin; // of what is not yet in m_turn
    double m_cpuBegin = 0;
    double m_stolenBegin = 0;
    bool m_isPaused = true;
    bool m_isCounted = false; // something else than the driver's own happened
    int m_depth = 0;
};

} // namespace exitscope::benchmark
