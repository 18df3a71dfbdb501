// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/recording_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>
#include <QStandardPaths>

#include "app/window/storage/whole_file.h"
#include "model/source/path_bytes.h"

namespace exitscope {

namespace {

constexpr int kMostWaitMs = 2000; // for another window, which writes in a moment

QStringList traceKeys(const Recording &recording)
{
    QStringList traces;
    for (const TraceInfo &trace : recording.traces)
        if (trace.used)
            traces.append(traceKey(trace));
    traces.sort();
    return traces;
}

QString fileName(const QStringList &traceKeys)
{
    const QByteArray key = traceKeys.join(QLatin1Char('\n')).toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex();
    return QString(QString::fromLatin1(hash.left(32)) % QStringLiteral(".json"));
}

} // namespace

QString traceKey(const TraceInfo &trace)
{
    return QString(
        storedPath(absolutePath(trace.path)) % QLatin1Char(' ') % QString::fromStdString(trace.description.traceUuid));
}

std::optional<Ns> timeFromJson(const QJsonValue &value)
{
    bool ok = false;
    const Ns time = value.toString().toLongLong(&ok);
    return ok ? std::optional(time) : std::nullopt;
}

QString RecordingFile::defaultDirectory(const QString &folder)
{
    return QString(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) % QLatin1Char('/') % folder);
}

std::optional<QJsonArray> RecordingFile::open(const Recording &recording, QString &error)
{
    m_traces = traceKeys(recording);
    m_path = QDir(m_directory).filePath(fileName(m_traces));
    return read(error);
}

std::optional<QJsonArray> RecordingFile::read(QString &error)
{
    m_problem.clear();
    QFile file(m_path);
    if (!file.exists())
        return QJsonArray();
    if (!file.open(QIODevice::ReadOnly)) {
        error = m_problem
            = QStringLiteral("%1: the %2 cannot be read: %3").arg(m_path, m_kind.what, file.errorString());
        return std::nullopt;
    }
    const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
    if (root.value(QStringLiteral("schema")).toString() != m_kind.schema) {
        error = refuse();
        return std::nullopt;
    }
    return root.value(m_kind.member).toArray();
}

QString RecordingFile::refuse()
{
    m_problem = QStringLiteral("%1: holds no %2; move it away to begin anew").arg(m_path, m_kind.what);
    return m_problem;
}

bool RecordingFile::change(const std::function<std::optional<QJsonArray>(const QJsonArray &)> &change, QString &error)
{
    QDir().mkpath(m_directory);
    QLockFile lock(QString(m_path % QStringLiteral(".lock")));
    if (!lock.tryLock(kMostWaitMs)) {
        error = lock.error() == QLockFile::LockFailedError
            ? QStringLiteral("%1: the %2 cannot be written: another program holds %3.lock; end it, or remove that file")
                  .arg(m_path, m_kind.what, m_path)
            : QStringLiteral("%1: the %2 cannot be written: no lock file can be made in its directory; make that "
                             "writable")
                  .arg(m_path, m_kind.what);
        return false;
    }
    const std::optional<QJsonArray> now = read(error);
    if (!now)
        return false;
    const std::optional<QJsonArray> next = change(*now);
    if (!next) {
        error = refuse();
        return false;
    }
    return write(*next, error);
}

bool RecordingFile::write(const QJsonArray &list, QString &error) const
{
    const QJsonObject root{{QStringLiteral("schema"), m_kind.schema},
        {QStringLiteral("traces"), QJsonArray::fromStringList(m_traces)}, {m_kind.member, list}};
    return writeWhole(m_path, QJsonDocument(root).toJson(), m_kind.what, error);
}

} // namespace exitscope
