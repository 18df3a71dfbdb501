// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/record/record.h"

namespace exitscope::testing {

struct StormShape {
    int vcpus = 2; // each on a pCPU of its own
    int firstBusier = 1; // so many times more events has the first one than each of the others
    int moreReasons = 0; // up to 80 besides the usual six
    Ns begin = 1000;
    int declared = 0; // so many events the metadata declares although none is written
};

// A host trace of some `events` events: exits of many reasons, some of them handled by QEMU, some halts, some
// preemptions and interrupts. The same seed gives the same trace.
void writeStormTrace(
    const std::string &directory, std::int64_t events, std::uint32_t seed, const StormShape &shape = {});

// Such a trace in chunks, as a session writes them that is rotated, of `events` events in all: a directory each, with
// metadata as large as LTTng's for a kernel of which all events could be recorded.
void writeStormChunks(const std::string &directory, int chunks, std::int64_t events, StormShape shape);

} // namespace exitscope::testing
