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
    // Has the readers of a trace begin, which open() waits for later.
    void prepare(TraceWork &trace, ReadMode mode);
    // Where a reader that several streams shared is gone, each of them gets one of its own at the next open(). False if
    // there is no such stream: what is lost is lost.
    bool separateLost(const std::vector<TraceWork *> &traces);
    // Where the native decoder gave up in the midst of a stream, and the reader that was to go on cannot open it: the
    // next open() mends or drops it, and all has to be read anew. False if there is no such stream.
    bool dropUnopened(const std::vector<TraceWork *> &traces);
    // Where the rest of a stream of several files cannot be read, the files behind the damaged one become a stream of
    // their own. False if there is none.
    bool splitFailed(const std::vector<TraceWork *> &traces);
    // Counts all events of traces that are open or can be opened.
    void survey(const std::vector<TraceWork *> &traces);
    // Tells of the readers that failed, and of streams that failed after they were opened.
    void tellFailures(const std::vector<TraceWork *> &traces);

private:
    using Streams = std::vector<StreamWork *>;

    static Streams streamsOf(const std::vector<TraceWork *> &traces); // that can be opened
    bool separateFailed(const Streams &streams, bool isOpening);
    Streams repairFailed(const Streams &streams);
    void readBroken(const Streams &streams);
    bool split(TraceWork &trace, std::size_t at);
    bool probe(StreamWork &stream);
    void giveUp(TraceWork &trace);
    static QString causeOf(const StreamWork &stream);

    ReaderPool &m_pool;
    PrivateDirs &m_privateDirs;
    Diagnostics &m_diagnostics;
};

} // namespace exitscope
