// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>

#include <atomic>
#include <functional>
#include <memory>

#include "views/tables/statistics_table.h"

namespace exitscope {

// Writes tables as CSV, each of the recording and the selection that it was asked for. Numbers that are not there are
// computed off the calling thread.
class TableSaver : public QObject {
    Q_OBJECT

public:
    struct Request {
        std::shared_ptr<const Recording> recording;
        Selection selection;
        StatisticsTable::Order order;
        QString file;
    };

    explicit TableSaver(QObject *parent = nullptr);
    ~TableSaver() override; // what is not written by then is not written

    // A table made off the calling thread; means nothing once it is cancelled.
    using Csv = std::function<QString(CancelFlag cancel)>;
    void save(const QString &file, const Csv &csv);
    // For something else; `use` is called in this thread. `to`: what it is for, where it fails.
    void make(const Csv &csv, const std::function<void(const QString &csv)> &use, const QString &to);

    // `ready`: the newest numbers that are there, of whatever; may be null.
    void save(const Request &request, const std::shared_ptr<const Numbers> &ready);

Q_SIGNALS:
    void saved(const QString &file);
    void failed(const QString &problem);

private:
    void write(const Request &request, const Numbers &numbers);
    void write(const QString &file, const QString &csv);
    void tell(const QString &file, const std::exception &cause);

    std::atomic<bool> m_cancel = false;
    QThreadPool m_pool; // the last member: its end waits for the work under way
};

} // namespace exitscope
