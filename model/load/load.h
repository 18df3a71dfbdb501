// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <functional>
#include <map>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

struct LoadOptions : ReaderOptions {
    std::map<QString, TraceRole> roles; // overrule what was found, by path of a trace or of a directory above it
    QStringList joined; // the traces at or below these paths are of one host, whatever they say
};

struct LoadProgress {
    std::int64_t bytesDone = 0; // of the streams' files
    std::int64_t bytesTotal = 0;
};
using ProgressCallback = std::function<void(const LoadProgress &)>;

// Opens all traces below the paths and builds the timelines of their hosts. Blocks; call it off the GUI thread.
// Whatever fails becomes a diagnostic of the result; what could be read is in it. It throws nothing. Once `cancel` is
// set it returns soon, with what it has. `progress` is called from the calling thread, at most some 20 times a second.
Recording loadRecording(const QStringList &paths, const LoadOptions &options = {},
    const ProgressCallback &progress = {}, CancelFlag cancel = nullptr);

} // namespace exitscope
