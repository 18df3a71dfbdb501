// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>

#include <functional>

namespace exitscope {

// Work off its owner's thread, one piece at a time; of what has to wait only the newest is kept.
class NewestJob {
public:
    using Finish = std::function<void()>; // called in the owner's thread
    using Work = std::function<Finish()>; // called in another

    explicit NewestJob(QObject &owner) : m_owner(owner) { }

    void start(Work work);
    bool isBusy() const { return m_isRunning; }

private:
    void run(Work work);
    void finished(const Finish &finish);

    QObject &m_owner;
    Work m_next; // waits until the running one is finished
    bool m_isRunning = false;
    QThreadPool m_pool; // the last member: its end waits for the work under way
};

} // namespace exitscope
