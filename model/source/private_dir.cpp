// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/private_dir.h"

#include <QDir>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "model/source/file_access.h"
#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

bool linkTo(const QString &target, const QString &name, QString &error)
{
    if (::symlink(pathBytes(target).constData(), pathBytes(name).constData()) == 0)
        return true;
    error = QStringLiteral("cannot create %1: %2").arg(name, qt_error_string(errno));
    return false;
}

bool linkFile(const QString &file, const QString &name, QString &error)
{
    const bool isAbsolute = file.startsWith(QLatin1Char('/'));
    return linkTo(isAbsolute ? file : QString(QDir::currentPath() + QLatin1Char('/') + file), name, error);
}

bool makeDir(const QString &dir, QString &error)
{
    if (::mkdir(pathBytes(dir).constData(), 0700) == 0 || errno == EEXIST)
        return true;
    error = QStringLiteral("cannot create the directory %1: %2").arg(dir, qt_error_string(errno));
    return false;
}

// The reader takes no more of the file than the link says (app/reader/ctf/cut_files.h).
bool placeCut(const QString &dir, const QString &name, qint64 bytes, QString &error)
{
    const QString cuts = dir + QStringLiteral("/.cut");
    return makeDir(cuts, error) && linkTo(QString::number(bytes), cuts + QLatin1Char('/') + name, error);
}

// The reader takes what stands there for what the file holds (app/reader/ctf/fixed_files.h).
bool placeFixes(const QString &dir, const QString &name, const PacketFixes &fixes, QString &error)
{
    const QString path = dir + QStringLiteral("/.fix/") + name;
    QByteArray lines;
    for (const auto &[at, bytes] : fixes)
        lines += QByteArray::number(at) + ' ' + bytes.toHex() + '\n';
    QFile file(path);
    if (!makeDir(dir + QStringLiteral("/.fix"), error))
        return false;
    if (file.open(QIODevice::WriteOnly) && file.write(lines) == lines.size() && file.flush())
        return true;
    error = QStringLiteral("cannot write %1: %2").arg(path, file.errorString());
    return false;
}

bool place(const StreamFiles &stream, const QString &file, const QString &dir, QString &error)
{
    const QString name = PrivateDirs::nameIn(file);
    if (!linkFile(file, dir + QLatin1Char('/') + name, error))
        return false;
    if (const auto fixes = stream.fixes.find(file); fixes != stream.fixes.end())
        if (!placeFixes(dir, name, fixes->second, error))
            return false;
    if (const auto cut = stream.cuts.find(file); cut != stream.cuts.end())
        return placeCut(dir, name, cut->second, error); // and no index: it would speak of more
    const QString index = indexPath(file);
    if (!isRegularFile(index) || !stream.isIndexTrue(file))
        return true;
    const QString indexes = dir + QStringLiteral("/index");
    return makeDir(indexes, error)
        && linkFile(index, indexes + QLatin1Char('/') + name + QStringLiteral(".idx"), error);
}

} // namespace

QString PrivateDirs::add(const QString &traceDir, const StreamFiles &stream, QString &error)
{
    const QString dir = m_root.path() + QLatin1Char('/') + QString::number(m_next++);
    const auto replaced = m_metadata.find(traceDir);
    const QString metadata
        = replaced != m_metadata.end() ? replaced->second : QString(traceDir + QStringLiteral("/metadata"));
    if (!makeDir(dir, error) || !linkFile(metadata, dir + QStringLiteral("/metadata"), error))
        return {};
    for (const QString &file : stream.files) {
        const auto cut = stream.cuts.find(file);
        if (cut != stream.cuts.end() && cut->second == 0)
            continue; // no whole packet in it
        if (!place(stream, file, dir, error))
            return {};
    }
    return dir;
}

bool PrivateDirs::replaceMetadata(const QString &traceDir, const QByteArray &text, QString &error)
{
    const QString path = m_root.path() + QStringLiteral("/metadata-") + QString::number(m_next++);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.flush()) {
        error = QStringLiteral("cannot write %1: %2").arg(path, file.errorString());
        return false;
    }
    m_metadata[traceDir] = path;
    return true;
}

// As text: the reader is told it, and names it in its messages.
QString PrivateDirs::nameIn(const QString &file)
{
    const QString name = QFileInfo(file).fileName();
    const QByteArray bytes = pathBytes(name);
    return bytes.isValidUtf8() ? name : QString::fromLatin1(bytes.toPercentEncoding());
}

QString PrivateDirs::shown(QString message, const QString &privateDir, const QString &traceDir)
{
    return privateDir.isEmpty() ? message : message.replace(privateDir, traceDir);
}

} // namespace exitscope
