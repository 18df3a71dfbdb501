// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <functional>
#include <mutex>

#include "model/diagnostic.h"

namespace exitscope {

// Work off its owner's thread, one piece at a time; of what has to wait only the newest is kept, and it ends the one
// before it.
class NewestJob {
public:
    using Finish = std::function<void()>; // called in the owner's thread, unless the work was cancelled
    using Work = std::function<Finish(const std::atomic<bool> &cancel)>; // called in another

    // So much time a piece has in any case: while a range is dragged, each of its steps would end the one before it,
    // and numbers that are computed in a moment would not be seen to follow.
    static constexpr int kLeastMs = 100;

    using Failed = std::function<void(const Diagnostic &)>; // called in the owner's thread if the work threw

    explicit NewestJob(QObject &owner, Failed failed = {}, int leastMs = kLeastMs);
    ~NewestJob(); // ends the work under way

    void start(Work work);
    void cancel(); // nobody waits any more for what runs or is to run
    bool isBusy() const { return m_isRunning; }

private:
    void run(Work work);
    Finish finishOf(const Work &work) const;
    void finished();

    QObject &m_owner;
    Failed m_failed;
    int m_leastMs;
    Work m_next; // waits until the running one is finished
    bool m_isRunning = false;
    std::atomic<bool> m_cancel = false; // of the running one
    std::mutex m_doneMutex;
    Finish m_done; // of the piece that has just ended: what it holds is used and freed in the owner's thread alone
    QElapsedTimer m_sinceStart;
    QTimer m_ending; // of the running one
    QThreadPool m_pool; // the last member: its end waits for the work under way
};

} // namespace exitscope
