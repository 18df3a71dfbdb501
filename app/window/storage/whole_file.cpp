// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/whole_file.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUuid>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace exitscope {

namespace {

QString notWritten(const QString &path, const QString &what, const QString &why)
{
    return QStringLiteral("%1: the %2 cannot be written: %3").arg(path, what, why);
}

// Gives the file its name only if that is free: 0, or the errno. Some file systems know the one way, some the other.
int renameToFree(const QByteArray &from, const QByteArray &to)
{
    if (::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (::link(from.constData(), to.constData()) != 0)
        return errno;
    ::unlink(from.constData());
    return 0;
}

} // namespace

bool isTaken(const QString &path)
{
    const QFileInfo info(path);
    return info.exists() || info.isSymLink();
}

bool writeWhole(const QString &path, const QByteArray &content, const QString &what, QString &error)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit())
        return true;
    error = notWritten(path, what, file.errorString());
    return false;
}

bool writeWholeNew(const QString &path, const QByteArray &content, const QString &what, QString &error)
{
    QFile file(QString(path % QLatin1Char('.') % QUuid::createUuid().toString(QUuid::Id128).left(8)));
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
        error = notWritten(path, what, file.errorString());
        return false;
    }
    const bool isWhole = file.write(content) == content.size() && file.flush() && ::fsync(file.handle()) == 0;
    const QString why = file.error() != QFileDevice::NoError ? file.errorString() : qt_error_string(errno);
    file.close();
    if (!isWhole) {
        file.remove();
        error = notWritten(path, what, why);
        return false;
    }
    const int failed = renameToFree(QFile::encodeName(file.fileName()), QFile::encodeName(path));
    if (failed == 0)
        return true;
    file.remove();
    error = failed == EEXIST ? QStringLiteral("%1: there is a file of that name").arg(path)
                             : notWritten(path, what, qt_error_string(failed));
    return false;
}

} // namespace exitscope
