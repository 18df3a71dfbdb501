// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <utility>

#include "model/diagnostic.h"

namespace exitscope {

// Work off its owner's thread, one piece at a time; of what has to wait only the newest is kept.
class NewestJob {
public:
    using Finish = std::function<void()>; // called in the owner's thread
    using Work = std::function<Finish()>; // called in another

    using Failed = std::function<void(const Diagnostic &)>; // called in the owner's thread if the work threw

    explicit NewestJob(QObject &owner, Failed failed = {}) : m_owner(owner), m_failed(std::move(failed)) { }

    void start(Work work);
    bool isBusy() const { return m_isRunning; }

private:
    void run(Work work);
    void finished(const Finish &finish);

    Finish finishOf(const Work &work) const;

    QObject &m_owner;
    Failed m_failed;
    Work m_next; // waits until the running one is finished
    bool m_isRunning = false;
    QThreadPool m_pool; // the last member: its end waits for the work under way
};

} // namespace exitscope
