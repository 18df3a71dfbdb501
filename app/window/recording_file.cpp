// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/recording_key.h"

#include <QCryptographicHash>
#include <QFileInfo>

namespace exitscope {

QString traceKey(const TraceInfo &trace)
{
    return QString(QFileInfo(trace.path).absoluteFilePath() % QLatin1Char(' ')
        % QString::fromStdString(trace.description.traceUuid));
}

QStringList traceKeys(const Recording &recording)
{
    QStringList traces;
    for (const TraceInfo &trace : recording.traces)
        if (trace.used)
            traces.append(traceKey(trace));
    traces.sort();
    return traces;
}

QString recordingFileName(const QStringList &traceKeys)
{
    const QByteArray key = traceKeys.join(QLatin1Char('\n')).toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex();
    return QString(QString::fromLatin1(hash.left(32)) % QStringLiteral(".json"));
}

std::optional<Ns> timeFromJson(const QJsonValue &value)
{
    bool ok = false;
    const Ns time = value.toString().toLongLong(&ok);
    return ok ? std::optional(time) : std::nullopt;
}

} // namespace exitscope
