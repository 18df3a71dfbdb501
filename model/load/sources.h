// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/diagnostic.h"
#include "model/record/description.h"
#include "model/recording.h"

// Which traces tell of one host, which of them are used, and how their times become one (manual "Definitions").
namespace exitscope {

// Whether its metadata declares VM entries or exits. They need not have happened.
bool declaresKvm(const wire::Description &description);

// The offset of the trace's clock from its origin, in ns; moved within reach.
Ns clockOffsetNs(const wire::Description &description);
// If its times, shifted, or its offset had to be moved within reach.
void tellUnreached(const TraceInfo &info, Ns shift, Diagnostics &diagnostics);

// Equal for traces of the same host; empty if the trace does not say, and then it is a host of its own.
std::string hostKey(const wire::Description &description);

// From the end of one recording to the begin of the next nothing is known. On the clock of the host.
struct Gap {
    Ns from = 0;
    Ns until = 0;
};

struct UsedTrace {
    std::size_t trace = 0; // position in what was given
    Ns shiftNs = 0; // to add to its times
    std::uint32_t dropped = 0; // Richness bits: a richer trace recorded these events too
};

struct HostPlan {
    std::vector<UsedTrace> used; // ordered by their begin
    std::vector<Gap> gaps;
    bool allProofs = false; // entries and host events come from different traces
    Diagnostics diagnostics;
};

// What to use of the surveyed traces of one host.
HostPlan planHost(std::span<const TraceInfo *const> traces);

} // namespace exitscope
