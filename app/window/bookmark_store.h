// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>
#include <vector>

#include "model/timeline/columns.h"
#include "model/trace/recording.h"

namespace exitscope {

// A name on a time range.
struct Bookmark {
    QString name;
    TimeRange range;
    bool operator==(const Bookmark &) const = default;
};

// The bookmarks of one recording, in a file of the user's data directory; never in the trace.
// What a recording is known by: recording_key.h.
class BookmarkStore {
public:
    static QString defaultDirectory();
    explicit BookmarkStore(const QString &directory = defaultDirectory()) : m_directory(directory) { }

    // Reads those of the recording. False with a line of what is wrong if its file cannot be read.
    bool open(const Recording &recording, QString &error);
    const std::vector<Bookmark> &bookmarks() const { return m_bookmarks; }

    // Kept ordered by time. Each writes the file; false with a line of what is wrong if that fails.
    bool add(const Bookmark &bookmark, QString &error);
    bool remove(std::size_t index, QString &error);

private:
    bool write(QString &error) const;
    bool parse(const QByteArray &json);

    QString m_directory;
    QString m_file;
    QStringList m_traces; // "path uuid" of each used trace
    std::vector<Bookmark> m_bookmarks;
};

} // namespace exitscope
