// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/load_controller.h"

#include "model/freed_elsewhere.h"

namespace exitscope {

LoadController::LoadController(LoadOptions options, QObject *parent) : QObject(parent), m_options(std::move(options))
{
    m_pool.setMaxThreadCount(2); // an older load that was given up may still be closing its readers
}

LoadController::~LoadController()
{
    if (m_cancel)
        *m_cancel = true;
    m_pool.waitForDone();
}

void LoadController::load(const QStringList &paths)
{
    if (m_cancel)
        *m_cancel = true; // its answer is not waited for
    m_paths = paths;
    m_cancel = std::make_shared<std::atomic<bool>>(false);
    Q_EMIT started(paths);
    m_pool.start([this, paths, options = m_options, flag = m_cancel] {
        const auto report = [this, &flag](const LoadProgress &progress) {
            QMetaObject::invokeMethod(
                this,
                [this, flag, progress] {
                    if (flag == m_cancel)
                        Q_EMIT progressed(progress);
                },
                Qt::QueuedConnection);
        };
        const auto recording = freedElsewhere(loadRecording(paths, options, report, flag.get()), Freed::ToSystem);
        QMetaObject::invokeMethod(
            this, [this, flag, recording] { finish(flag, recording); }, Qt::QueuedConnection);
    });
}

// What was read so far is not wanted: its end need not be waited for.
void LoadController::cancel()
{
    if (!m_cancel)
        return;
    *m_cancel = true;
    m_cancel.reset();
    Q_EMIT cancelled();
}

void LoadController::finish(const CancelFlag &flag, const std::shared_ptr<const Recording> &recording)
{
    if (flag != m_cancel)
        return;
    m_cancel.reset();
    if (recording->hosts.empty())
        Q_EMIT failed(recording);
    else
        Q_EMIT loaded(recording);
}

} // namespace exitscope
