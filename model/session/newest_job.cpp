// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/newest_job.h"

#include <utility>

namespace exitscope {

void NewestJob::start(Work work)
{
    if (m_isRunning)
        m_next = std::move(work);
    else
        run(std::move(work));
}

void NewestJob::run(Work work)
{
    m_isRunning = true;
    m_pool.start([this, work = std::move(work)] {
        QMetaObject::invokeMethod(
            &m_owner, [this, finish = work()] { finished(finish); }, Qt::QueuedConnection);
    });
}

void NewestJob::finished(const Finish &finish)
{
    m_isRunning = false;
    if (m_next)
        run(std::exchange(m_next, nullptr));
    finish();
}

} // namespace exitscope
