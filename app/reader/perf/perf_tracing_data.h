// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "app/reader/file/trace_formats.h"
#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

// Reads the formats of tracepoints out of a file's tracing data, which lie from `begin` to `end`, as trace-cmd's first
// files had them. Throws ReadError. Returns whether the events are big endian.
bool readTracingData(const PerfSource &source, std::uint64_t begin, std::uint64_t end, TraceFormats &formats);

} // namespace exitscope::reader
