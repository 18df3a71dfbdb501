// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/newest_job.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "model/diagnostic_codes.h"

namespace exitscope {

NewestJob::NewestJob(QObject &owner, Failed failed, int leastMs)
    : m_owner(owner), m_failed(std::move(failed)), m_leastMs(leastMs)
{
    m_ending.setSingleShot(true);
    QObject::connect(&m_ending, &QTimer::timeout, &m_ending, [this] { m_cancel = true; });
}

NewestJob::~NewestJob()
{
    m_cancel = true;
}

void NewestJob::start(Work work)
{
    if (!m_isRunning)
        return run(std::move(work));
    m_next = std::move(work);
    if (!m_ending.isActive() && !m_cancel)
        m_ending.start(int(std::max<qint64>(0, m_leastMs - m_sinceStart.elapsed())));
}

void NewestJob::cancel()
{
    m_next = nullptr;
    m_ending.stop();
    m_cancel = m_isRunning;
}

void NewestJob::run(Work work)
{
    m_isRunning = true;
    m_cancel = false;
    m_sinceStart.start();
    m_pool.start([this, work = std::move(work)] {
        Finish finish = finishOf(work);
        {
            const std::scoped_lock lock(m_doneMutex);
            m_done = std::move(finish);
        }
        QMetaObject::invokeMethod(
            &m_owner, [this] { finished(); }, Qt::QueuedConnection);
    });
}

NewestJob::Finish NewestJob::finishOf(const Work &work) const
{
    try {
        return work(m_cancel);
    } catch (const std::exception &error) {
        return [this, cause = diagnosticOf(error)] {
            if (m_failed)
                m_failed(cause);
        };
    }
}

void NewestJob::finished()
{
    Finish finish;
    {
        const std::scoped_lock lock(m_doneMutex);
        finish = std::exchange(m_done, nullptr);
    }
    m_ending.stop();
    const bool isWhole = !m_cancel;
    m_isRunning = false;
    if (m_next)
        run(std::exchange(m_next, nullptr));
    if (isWhole)
        finish();
}

} // namespace exitscope
