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
            tell(request.file, cause);
        }
    });
}

void TableSaver::save(const QString &file, const Csv &csv)
{
    make(
        csv, [this, file](const QString &made) { write(file, made); }, file);
}

void TableSaver::make(const Csv &csv, const std::function<void(const QString &csv)> &use, const QString &file)
{
    m_pool.start([this, csv, use, file] {
        try {
            const QString made = csv(&m_cancel);
            if (!m_cancel)
                QMetaObject::invokeMethod(
                    this, [use, made] { use(made); }, Qt::QueuedConnection);
        } catch (const std::exception &cause) {
            tell(file, cause);
        }
    });
}

// From the other thread; it is queued.
void TableSaver::tell(const QString &file, const std::exception &cause)
{
    Q_EMIT failed(QStringLiteral("%1: the table cannot be written: %2").arg(file, diagnosticOf(cause).message));
}

void TableSaver::write(const Request &request, const Numbers &numbers)
{
    write(request.file, toCsv(*StatisticsTable::modelOf(numbers, request.order)));
}

void TableSaver::write(const QString &file, const QString &csv)
{
    QString error;
    if (writeTable(csv, file, error))
        Q_EMIT saved(file);
    else
        Q_EMIT failed(error);
}

} // namespace exitscope
