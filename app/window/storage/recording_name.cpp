// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/recording_name.h"

#include <QSet>

#include "model/source/path_bytes.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

// Names that many recordings share: only with the directory above they tell which one it is.
bool isCommonName(const QString &name)
{
    static const QSet<QString> kCommon{QStringLiteral("host"), QStringLiteral("guest"), QStringLiteral("kernel"),
        QStringLiteral("trace"), QStringLiteral("ctf"), QStringLiteral("sample")};
    return kCommon.contains(name);
}

QString nameOf(const QString &path)
{
    const QStringList parts = visibleText(absolutePath(path)).split(QLatin1Char('/'), Qt::SkipEmptyParts);
    if (parts.isEmpty())
        return visibleText(path);
    if (parts.size() == 1 || !isCommonName(parts.back()))
        return parts.back();
    return QString(parts[parts.size() - 2] % QLatin1Char('/') % parts.back());
}

} // namespace

QString recordingName(const QStringList &paths)
{
    if (paths.isEmpty())
        return {};
    const QString first = nameOf(paths.front());
    if (paths.size() == 1)
        return first;
    return QStringLiteral("%1 and %2 more").arg(first).arg(paths.size() - 1);
}

} // namespace exitscope
