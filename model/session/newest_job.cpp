// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/newest_job.h"

#include <exception>
#include <utility>

#include "model/diagnostic_codes.h"

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
            &m_owner, [this, finish = finishOf(work)] { finished(finish); }, Qt::QueuedConnection);
    });
}

NewestJob::Finish NewestJob::finishOf(const Work &work) const
{
    try {
        return work();
    } catch (const std::exception &error) {
        return [this, cause = diagnosticOf(error)] {
            if (m_failed)
                m_failed(cause);
        };
    }
}

void NewestJob::finished(const Finish &finish)
{
    m_isRunning = false;
    if (m_next)
        run(std::exchange(m_next, nullptr));
    finish();
}

} // namespace exitscope
