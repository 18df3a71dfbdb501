// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "model/load/merge.h"
#include "model/load/sources.h"
#include "model/load/stream_source.h"
#include "model/load/trace_opener.h"
#include "model/source/process/reader_pool.h"
#include "model/timeline/columns.h"

namespace exitscope {

// A trace that tells of the host, or of the guest, that is loaded.
struct HostTrace {
    TraceWork *work = nullptr;
    Ns shiftNs = 0; // to add to its times
    std::uint32_t dropped = 0; // Richness bits: events of these kinds are taken from another trace
    // First and last event on the trace's own clock, where a survey found them: a loss in one of several recordings
    // must not reach into the others.
    std::optional<TimeRange> surveyed;
};

// Merges all streams of the traces of a host, or of a guest, into the sink, losses and gaps among them. Those that were
// surveyed are opened when their time comes, so that of a session in many chunks only some are open at once. The range
// from the first to the last event, on the clock of the host; none if nothing came, or if cancelled.
class HostMerge {
public:
    HostMerge(TraceOpener &opener, ReaderPool &pool, ReadMode mode) : m_opener(opener), m_pool(pool), m_mode(mode) { }

    std::optional<TimeRange> run(const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps, RecordSink &sink);

private:
    struct Later { // a trace that is opened when its time comes
        std::size_t recording; // position among the traces
        Ns from;
    };

    void openOrRest(const std::vector<HostTrace> &traces);
    void readAhead(std::size_t recording, TraceWork &trace);
    void openUpTo(std::size_t recording, const std::vector<HostTrace> &traces);
    void request(std::size_t recording);

    TraceOpener &m_opener;
    ReaderPool &m_pool;
    ReadMode m_mode;
    std::vector<std::unique_ptr<StreamSource>> m_streams;
    std::vector<std::size_t> m_recordingOf; // by source
    std::vector<Later> m_later; // in the order of their times
    std::size_t m_opened = 0; // of those
    std::set<std::size_t> m_ahead; // recordings that are read before their time
};

} // namespace exitscope
