// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reference/tables.h"

#include <QFile>

#include "model/reference/csv.h"

// Outside of the namespace, as Qt demands; needed because the resource lies in a static library.
static void initTables()
{
    Q_INIT_RESOURCE(tables);
}

namespace exitscope {

std::vector<QStringList> tableRows(const QString &name)
{
    initTables();
    QFile file(QStringLiteral(":/tables/") % name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The built-in table %s is missing", qPrintable(name));
    auto rows = parseCsv(QString::fromUtf8(file.readAll()));
    if (!rows || rows->empty())
        qFatal("The built-in table %s is not CSV", qPrintable(name));
    rows->erase(rows->begin());
    return *rows;
}

} // namespace exitscope
