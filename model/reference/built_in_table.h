// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace exitscope {

// The rows below the header of a table in resources/tables.qrc. It is built into the program, so that it can only be
// wrong if the build is: then the program ends.
std::vector<QStringList> builtInTable(const QString &name);

} // namespace exitscope
