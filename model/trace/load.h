// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <atomic>
#include <functional>
#include <map>

#include "model/trace/recording.h"

namespace exitscope {

struct LoadOptions {
    std::map<QString, TraceRole> roles; // overrule what was found, by path of a trace or of a directory above it
    QStringList joined; // the traces at or below these paths are of one host, whatever they say
    QString readerProgram; // exitscope-reader; empty: the one beside the running program
    int hangTimeoutMs = 10'000; // a reader without any sign of life for so long is ended
    int maxReaders = 32; // processes at one time; above that one serves several streams
    std::uint64_t readerMemoryBytes = 1ull << 30; // address space of one reader
};

struct LoadProgress {
    std::int64_t bytesDone = 0; // of the streams' files
    std::int64_t bytesTotal = 0;
};
using ProgressCallback = std::function<void(const LoadProgress &)>;

// Opens all traces below the paths and builds the timelines of their hosts. Blocks; call it off the GUI thread.
// Whatever fails becomes a diagnostic of the result; what could be read is in it. Once `cancel` is set it returns soon,
// with what it has. `progress` is called from the calling thread, at most some 20 times a second.
Recording loadRecording(const QStringList &paths, const LoadOptions &options = {},
    const ProgressCallback &progress = {}, const std::atomic<bool> *cancel = nullptr);

} // namespace exitscope
