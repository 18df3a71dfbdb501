// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/diagnostic.h"
#include "model/load/trace_work.h"
#include "model/recording.h"

namespace exitscope {

// What the tracer lost or got wrong, whether the trace is used or not.
void tellTrace(const TraceWork &trace, Diagnostics &diagnostics);

// What the used traces of a host lack, each with the command that would record it. Of all of them: wire::Richness bits
// of what occurred, and of what was recorded by their metadata.
void tellMissing(const TraceInfo &trace, std::uint32_t occurred, std::uint32_t declared, Diagnostics &diagnostics);

// Exits whose architecture nobody knows.
void tellUnknownIsa(const Recording &recording, Diagnostics &diagnostics);

// That no trace holds VM entries or exits, and why that may be.
void tellNoKvm(const std::vector<TraceInfo> &traces, Diagnostics &diagnostics);

} // namespace exitscope
