// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/reader/file/trace_file.h"
#include "app/reader/file/trace_formats.h"
#include "app/reader/perf/perf_events.h"
#include "app/reader/perf/perf_extents.h"
#include "app/reader/perf/perf_head.h"
#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

// What one CPU recorded.
struct PerfCpu {
    std::int32_t number = kNoPcpu;
    PerfExtents extents; // in the order of time
    std::uint64_t lostAtEnd = 0; // events, behind all of these
};

// Where the file has what of its records is wanted.
struct PerfIndex {
    std::vector<PerfCpu> cpus; // with events or losses, by number
    PerfExtents threads; // records that tell of threads, and are of none of these CPUs
    std::string broken; // why the records behind these cannot be read; empty: these are all
};

// Goes through all records. Of a piped file `events` and `formats` are told here. Throws ReadError where not even the
// first of them can be read.
PerfIndex makePerfIndex(
    PerfSource &source, const PerfHead &head, PerfEvents &events, TraceFormats &formats, const Alive &alive);

} // namespace exitscope::reader
