// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "app/reader/perf/perf_events.h"
#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

// A part of the file.
struct PerfSection {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

// What the head of a file says.
struct PerfHead {
    PerfSection records;
    bool isPiped = false; // the records tell of the events and their formats too, before they come
    std::optional<PerfSection> tracingData; // formats of tracepoints; not of a piped file
};

bool isPerfData(std::string_view firstBytes);

// The events are told to `events`. Throws ReadError: it is none that can be read, or not complete.
PerfHead readPerfHead(const PerfSource &source, PerfEvents &events);

// An event as a piped file's HEADER_ATTR record tells it.
void addPerfEvent(PerfBytes record, PerfEvents &events);

} // namespace exitscope::reader
