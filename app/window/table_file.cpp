// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/table_file.h"

#include <QSaveFile>

#include "views/statistics_table.h"

namespace exitscope {

bool writeTable(const QAbstractItemModel &model, const QString &path, QString &error)
{
    const QByteArray csv = toCsv(model).toUtf8();
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(csv) == csv.size() && file.commit())
        return true;
    error = QStringLiteral("%1: the table cannot be written: %2; choose another place").arg(path, file.errorString());
    return false;
}

} // namespace exitscope
