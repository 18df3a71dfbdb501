// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/table_file.h"

#include "app/window/storage/whole_file.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

bool writeTable(const QAbstractItemModel &model, const QString &path, QString &error)
{
    return writeWhole(path, toCsv(model).toUtf8(), QStringLiteral("table"), error);
}

} // namespace exitscope
