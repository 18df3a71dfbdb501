// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "app/window/storage/recording_file.h"
#include "model/timeline/columns.h"

namespace exitscope {

// A name on a time range.
struct Bookmark {
    QString name;
    TimeRange range;
    bool operator==(const Bookmark &) const = default;
};

// The bookmarks of one recording, in its RecordingFile.
class BookmarkStore {
public:
    static QString defaultDirectory();
    explicit BookmarkStore(const QString &directory = defaultDirectory());

    // Reads those of the recording. False with a line of what is wrong if its file cannot be read.
    bool open(const Recording &recording, QString &error);
    const std::vector<Bookmark> &bookmarks() const { return m_bookmarks; }

    // Kept ordered by time. Each writes the file, with what other windows did to it; false with a line of what is wrong
    // if that fails, and all is as before.
    bool add(const Bookmark &bookmark, QString &error);
    bool remove(std::size_t index, QString &error);

private:
    bool change(const std::function<void(std::vector<Bookmark> &)> &change, QString &error);

    RecordingFile m_file;
    std::vector<Bookmark> m_bookmarks;
};

} // namespace exitscope
