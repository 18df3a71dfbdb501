// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/private_dir.h"

#include <QDir>
#include <QFileInfo>

#include <cerrno>
#include <unistd.h>

#include "model/source/stream_repair.h"

namespace exitscope {

namespace {

bool link(const QString &target, const QString &name, QString &error)
{
    const QString absolute = QFileInfo(target).absoluteFilePath();
    if (::symlink(QFile::encodeName(absolute).constData(), QFile::encodeName(name).constData()) == 0)
        return true;
    error = QStringLiteral("cannot create %1: %2").arg(name, qt_error_string(errno));
    return false;
}

bool place(const QString &file, const QString &dir, const PrivateDirs::Cuts &cuts, QString &error)
{
    const QString name = QFileInfo(file).fileName();
    if (const auto cut = cuts.find(file); cut != cuts.end())
        return copyHead(file, dir + QLatin1Char('/') + name, cut->second, error); // the index would speak of more
    if (!link(file, dir + QLatin1Char('/') + name, error))
        return false;
    const QString index = indexPath(file);
    if (!QFileInfo::exists(index))
        return true;
    return QDir(dir).mkpath(QStringLiteral("index"))
        && link(index, dir + QStringLiteral("/index/") + name + QStringLiteral(".idx"), error);
}

} // namespace

QString PrivateDirs::add(const QString &traceDir, const StreamFiles &stream, const Cuts &cuts, QString &error)
{
    const QString dir = m_root.filePath(QString::number(m_next++));
    if (!QDir().mkdir(dir)) {
        error = QStringLiteral("cannot create the directory %1").arg(dir);
        return {};
    }
    if (!link(traceDir + QStringLiteral("/metadata"), dir + QStringLiteral("/metadata"), error))
        return {};
    for (const QString &file : stream.files) {
        const auto cut = cuts.find(file);
        if (cut != cuts.end() && cut->second == 0)
            continue; // no whole packet in it
        if (!place(file, dir, cuts, error))
            return {};
    }
    return dir;
}

QString PrivateDirs::shown(QString message, const QString &privateDir, const QString &traceDir)
{
    return privateDir.isEmpty() ? message : message.replace(privateDir, traceDir);
}

} // namespace exitscope
