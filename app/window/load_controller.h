// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <atomic>
#include <memory>

#include "model/load/load.h"

namespace exitscope {

// Opens recordings off the calling thread, one at a time; the newest wins. What is open stays until the new one is
// ready.
class LoadController : public QObject {
    Q_OBJECT

public:
    explicit LoadController(LoadOptions options = {}, QObject *parent = nullptr);
    ~LoadController() override;

    LoadOptions &options() { return m_options; } // of the next load

    void load(const QStringList &paths);
    void cancel(); // at once; no effect while nothing loads
    bool isLoading() const { return m_cancel != nullptr; }
    const QStringList &paths() const { return m_paths; } // of the newest load

Q_SIGNALS:
    void started(const QStringList &paths);
    void progressed(const exitscope::LoadProgress &progress);
    void loaded(const std::shared_ptr<const exitscope::Recording> &recording); // something can be shown
    void failed(const std::shared_ptr<const exitscope::Recording> &recording); // nothing can; its diagnostics say why
    void cancelled();

private:
    // One per load: tells late answers of an older one.
    using CancelFlag = std::shared_ptr<std::atomic<bool>>;
    void finish(const CancelFlag &flag, const std::shared_ptr<const Recording> &recording);

    LoadOptions m_options;
    QStringList m_paths;
    CancelFlag m_cancel; // of the load under way
    QThreadPool m_pool; // the last member: its end waits for what still runs
};

} // namespace exitscope
