// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/table_file.h"

#include "app/window/storage/whole_file.h"

namespace exitscope {

bool writeTable(const QString &csv, const QString &path, QString &error)
{
    return writeWhole(path, csv.toUtf8(), QStringLiteral("table"), error);
}

} // namespace exitscope
