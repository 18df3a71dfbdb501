// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace exitscope {

// The rows below the header of a table that is built into the program, resources/NAME: it can only be wrong if the
// build is.
std::vector<QStringList> tableRows(const QString &name);

} // namespace exitscope
