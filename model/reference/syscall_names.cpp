// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reference/syscall_names.h"

#include <QHash>

#include "model/reference/tables.h"

namespace exitscope {

QString syscallName(int number)
{
    static const QHash<int, QString> kNames = [] {
        QHash<int, QString> names;
        for (const QStringList &row : tableRows(QStringLiteral("syscalls.csv")))
            names.insert(row.at(0).toInt(), row.at(1));
        return names;
    }();
    const auto known = kNames.constFind(number);
    return known != kNames.cend() ? *known : QStringLiteral("syscall %1").arg(number);
}

} // namespace exitscope
