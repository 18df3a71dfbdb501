// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>
#include <optional>
#include <vector>

#include "model/load/trace_work.h"
#include "model/source/file_access.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

// A file as it was when it was loaded.
struct FileStamp {
    QString path;
    FileInfo info;
    qint64 modifiedMs = 0; // since 1970

    bool isUnchanged() const;
};

struct StreamAgain {
    std::vector<FileStamp> files;
    std::shared_ptr<const NativePlace> native; // null: the native decoder does not understand it
    std::optional<std::int32_t> cpu; // of a trace that is one file: the stream is what this CPU recorded
};

struct TraceAgain {
    std::optional<std::size_t> host; // in Recording::hosts, in whose timeline its events are
    std::vector<StreamAgain> streams; // those that could be opened
};

// Where the streams of a recording's traces are, so that their events can be read again.
struct EventPlaces {
    ReaderOptions options;
    std::vector<TraceAgain> traces; // one for each of Recording::traces
};

FileStamp stampOf(const QString &path);
std::shared_ptr<const EventPlaces> placesOf(
    const std::vector<std::unique_ptr<TraceWork>> &traces, const ReaderOptions &options);

} // namespace exitscope
