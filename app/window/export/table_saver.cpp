// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/table_saver.h"

#include <exception>

#include "app/window/export/table_file.h"
#include "model/diagnostic_codes.h"

namespace exitscope {

TableSaver::TableSaver(QObject *parent) : QObject(parent)
{
    m_pool.setMaxThreadCount(1); // the window's own numbers come first
}

TableSaver::~TableSaver()
{
    m_cancel = true;
}

void TableSaver::save(const Request &request, const std::shared_ptr<const Numbers> &ready)
{
    if (ready && ready->recording == request.recording && ready->selection == request.selection)
        return write(request, *ready);
    m_pool.start([this, request] {
        try {
            if (auto numbers = numbersOf(request.recording, request.selection, &m_cancel))
                QMetaObject::invokeMethod(
                    this, [this, request, whole = std::move(*numbers)] { write(request, whole); },
                    Qt::QueuedConnection);
        } catch (const std::exception &cause) {
            Q_EMIT failed(QStringLiteral("%1: the table cannot be written: %2")
                              .arg(request.file, diagnosticOf(cause).message)); // queued to another thread
        }
    });
}

void TableSaver::write(const Request &request, const Numbers &numbers)
{
    QString error;
    if (writeTable(*StatisticsTable::modelOf(numbers, request.order), request.file, error))
        Q_EMIT saved(request.file);
    else
        Q_EMIT failed(error);
}

} // namespace exitscope
