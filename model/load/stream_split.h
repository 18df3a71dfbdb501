// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "model/cancel_flag.h"
#include "model/source/stream_files.h"

// Streams of several files, as a tracer writes them that limits their size: where one file is damaged, those behind it
// can be read as a stream of their own.
namespace exitscope {

struct SplitFiles {
    StreamFiles upToDamaged; // ordered by time; the damaged one is the last
    StreamFiles behind;
};

// `packets`: so many were read before what is damaged. Nothing if no file lies behind it, or if nobody knows which
// packets the files hold.
std::optional<SplitFiles> splitBehind(
    const StreamFiles &files, const QString &traceDir, std::uint64_t packets, CancelFlag cancel = nullptr);

// The file in which the packet behind those is; the one that is shown of the stream if nobody knows.
QString fileBehind(
    const StreamFiles &files, const QString &traceDir, std::uint64_t packets, CancelFlag cancel = nullptr);

} // namespace exitscope
