// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QStringList>

#include <optional>

#include "model/trace/recording.h"

// How files of the user's data directory know a recording: by where its traces are and by their uuids. Another
// recording at the same place is another one.
namespace exitscope {

// "path uuid", the path absolute.
QString traceKey(const TraceInfo &trace);
// Of each used trace, ordered.
QStringList traceKeys(const Recording &recording);
// The name of a file that is about the recording.
QString recordingFileName(const QStringList &traceKeys);

// Times are kept as text: JSON numbers are doubles, which hold no ns of the trace clock.
std::optional<Ns> timeFromJson(const QJsonValue &value);

} // namespace exitscope
