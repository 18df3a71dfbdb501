// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// As CSV; the file is whole or not there. False with one line of what is wrong.
bool writeTable(const QString &csv, const QString &file, QString &error);

} // namespace exitscope
