// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/private_dir.h"

#include <QDir>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace exitscope {

namespace {

bool linkTo(const QString &target, const QString &name, QString &error)
{
    if (::symlink(QFile::encodeName(target).constData(), QFile::encodeName(name).constData()) == 0)
        return true;
    error = QStringLiteral("cannot create %1: %2").arg(name, qt_error_string(errno));
    return false;
}

bool linkFile(const QString &file, const QString &name, QString &error)
{
    return linkTo(QFileInfo(file).absoluteFilePath(), name, error);
}

bool makeDir(const QString &dir, QString &error)
{
    if (::mkdir(QFile::encodeName(dir).constData(), 0700) == 0 || errno == EEXIST)
        return true;
    error = QStringLiteral("cannot create the directory %1: %2").arg(dir, qt_error_string(errno));
    return false;
}

// The reader takes no more of the file than the link says (app/reader/cut_files.h).
bool placeCut(const QString &dir, const QString &name, qint64 bytes, QString &error)
{
    const QString cuts = dir + QStringLiteral("/.cut");
    return makeDir(cuts, error) && linkTo(QString::number(bytes), cuts + QLatin1Char('/') + name, error);
}

bool place(const QString &file, const QString &dir, const PrivateDirs::Cuts &cuts, QString &error)
{
    const QString name = QFileInfo(file).fileName();
    if (!linkFile(file, dir + QLatin1Char('/') + name, error))
        return false;
    if (const auto cut = cuts.find(file); cut != cuts.end())
        return placeCut(dir, name, cut->second, error); // and no index: it would speak of more
    const QString index = indexPath(file);
    if (!QFileInfo::exists(index))
        return true;
    const QString indexes = dir + QStringLiteral("/index");
    return makeDir(indexes, error)
        && linkFile(index, indexes + QLatin1Char('/') + name + QStringLiteral(".idx"), error);
}

} // namespace

QString PrivateDirs::add(const QString &traceDir, const StreamFiles &stream, const Cuts &cuts, QString &error)
{
    const QString dir = m_root.path() + QLatin1Char('/') + QString::number(m_next++);
    if (!makeDir(dir, error)
        || !linkFile(traceDir + QStringLiteral("/metadata"), dir + QStringLiteral("/metadata"), error))
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
