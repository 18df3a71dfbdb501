// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/storage/recording_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

#include "app/window/storage/whole_file.h"

namespace exitscope {

namespace {

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
    return QString(QFileInfo(trace.path).absoluteFilePath() % QLatin1Char(' ')
        % QString::fromStdString(trace.description.traceUuid));
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

bool RecordingFile::write(const QJsonArray &list, QString &error) const
{
    if (!m_problem.isEmpty()) {
        error = m_problem;
        return false;
    }
    const QJsonObject root{{QStringLiteral("schema"), m_kind.schema},
        {QStringLiteral("traces"), QJsonArray::fromStringList(m_traces)}, {m_kind.member, list}};
    QDir().mkpath(m_directory);
    return writeWhole(m_path, QJsonDocument(root).toJson(), m_kind.what, error);
}

} // namespace exitscope
