// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

#include "model/cancel_flag.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

// A stream of a trace that is one file: what one CPU recorded.
struct ListedStream {
    std::int32_t cpu = -1; // -1: the file does not say
    std::uint64_t bytes = 0; // of the file, about
};

struct StreamList {
    std::vector<ListedStream> streams;
    QString fault; // why the file cannot be read, one line; empty if it can
    bool isReaderMissing = false; // that is why
    QString note; // what of the file is passed over, one line; usually empty
};

// Has an exitscope-reader open the file and tell its streams. Once `cancel` is set it returns with what it has.
StreamList listStreams(const QString &path, const ReaderOptions &options, CancelFlag cancel = nullptr);

} // namespace exitscope
