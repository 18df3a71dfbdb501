// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QStringList>

#include <functional>
#include <optional>

#include "model/recording.h"

namespace exitscope {

// "path uuid" of a trace, the path absolute.
QString traceKey(const TraceInfo &trace);

// Times are kept as text: JSON numbers are doubles, which hold no ns of the trace clock.
std::optional<Ns> timeFromJson(const QJsonValue &value);

// What files of one kind hold.
struct RecordingFileKind {
    QString schema; // "exitscope-bookmarks/1"
    QString member; // of the list
    QString what; // "bookmarks": for errors
};

// A list that the user made for one recording, in a JSON file of the user's data directory; never in the trace.
// A recording is known by where its used traces are and by their uuids: another one at the same place is another one.
class RecordingFile {
public:
    // The folder's place among the user's data.
    static QString defaultDirectory(const QString &folder);
    RecordingFile(const QString &directory, RecordingFileKind kind)
        : m_directory(directory), m_kind(std::move(kind)) { }

    // From now on that of the recording. Its list, empty if there is no file yet; none, with a line of what is wrong,
    // if it cannot be read.
    std::optional<QJsonArray> open(const Recording &recording, QString &error);
    // The list that open() gave makes no sense: the line that says so.
    QString refuse();
    // The list as it is now, by whomever, becomes what `change` makes of it: whole or not at all, and no other window
    // comes between. `change` gives none if the list makes no sense. False with a line of what is wrong; a file that
    // cannot be read is not overwritten.
    bool change(const std::function<std::optional<QJsonArray>(const QJsonArray &)> &change, QString &error);

private:
    std::optional<QJsonArray> read(QString &error);
    bool write(const QJsonArray &list, QString &error) const;

    QString m_directory;
    RecordingFileKind m_kind;
    QStringList m_traces; // keys of each used trace, ordered
    QString m_path;
    QString m_problem; // why it could not be read
};

} // namespace exitscope
