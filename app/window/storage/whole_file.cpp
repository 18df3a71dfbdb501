// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/whole_file.h"

#include <QSaveFile>

namespace exitscope {

bool writeWhole(const QString &path, const QByteArray &content, const QString &what, QString &error)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit())
        return true;
    error = QStringLiteral("%1: the %2 cannot be written: %3").arg(path, what, file.errorString());
    return false;
}

} // namespace exitscope
