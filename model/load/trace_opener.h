// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/load/trace_work.h"

namespace exitscope {

// Opens traces with readers, and says what cannot be opened and why.
class TraceOpener {
public:
    TraceOpener(ReaderPool &pool, PrivateDirs &privateDirs, Diagnostics &diagnostics);

    // Opens all streams that can be, and takes their description.
    void open(const std::vector<TraceWork *> &traces, ReadMode mode = ReadMode::Host);
    // Where a reader that several streams shared is gone, each of them gets one of its own at the next open(). False if
    // there is no such stream: what is lost is lost.
    bool separateLost(const std::vector<TraceWork *> &traces);
    // Counts all events of traces that are open or can be opened.
    void survey(const std::vector<TraceWork *> &traces);
    // Tells of the readers that failed, and of streams that failed after they were opened.
    void tellFailures(const std::vector<TraceWork *> &traces);

private:
    struct Stream {
        TraceWork *trace;
        StreamWork *stream;
    };
    static std::vector<Stream> streamsOf(const std::vector<TraceWork *> &traces);
    bool separateFailed(const std::vector<Stream> &streams, bool isOpening);
    std::vector<Stream> repairFailed(const std::vector<Stream> &streams);
    void readBroken(const std::vector<Stream> &streams);
    void giveUp(TraceWork &trace);
    static QString causeOf(const TraceWork &trace, const StreamWork &stream);

    ReaderPool &m_pool;
    PrivateDirs &m_privateDirs;
    Diagnostics &m_diagnostics;
};

} // namespace exitscope
