// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace exitscope {

// Whether something of that name is there, be it a link that leads nowhere.
bool isTaken(const QString &path);

// The file is whole or as it was. False with one line: the path, why the `what` cannot be written, what can be done.
bool writeWhole(const QString &path, const QByteArray &content, const QString &what, QString &error);
// The same, and what came to that name meanwhile stays as it is, a link among it.
bool writeWholeNew(const QString &path, const QByteArray &content, const QString &what, QString &error);

} // namespace exitscope
