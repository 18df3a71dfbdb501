// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "app/reader/file/trace_format.h"
#include "model/record/raw_event.h"

namespace exitscope::reader {

// The name and all fields of a tracepoint, by the format that the kernel gave of it. `raw` is the event from its
// common_type on. Throws ReadError where it is shorter than its format says.
void addTraceFields(const TraceFormat &format, std::span<const std::byte> raw, bool isBigEndian, RawEvent &to);

} // namespace exitscope::reader
