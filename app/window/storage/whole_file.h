// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace exitscope {

// The file is whole or as it was. False with one line: the path, why the `what` cannot be written, what can be done.
bool writeWhole(const QString &path, const QByteArray &content, const QString &what, QString &error);

} // namespace exitscope
