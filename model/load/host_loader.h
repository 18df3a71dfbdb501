// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "model/load/merge.h"
#include "model/load/sources.h"
#include "model/load/trace_work.h"
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

// Merges all opened streams of the traces of a host, or of a guest, into the sink, losses and gaps among them. The
// range from the first to the last event, on the clock of the host; none if nothing came, or if cancelled.
std::optional<TimeRange> mergeHost(
    const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps, ReaderPool &pool, RecordSink &sink);

} // namespace exitscope
