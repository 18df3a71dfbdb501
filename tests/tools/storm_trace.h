// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace exitscope::testing {

struct StormShape {
    int vcpus = 2; // each on a pCPU of its own
    int moreReasons = 0; // up to 80 besides the usual six
};

// A host trace of some `events` events: exits of many reasons, some of them handled by QEMU, some halts, some
// preemptions and interrupts. The same seed gives the same trace.
void writeStormTrace(
    const std::string &directory, std::int64_t events, std::uint32_t seed, const StormShape &shape = {});

} // namespace exitscope::testing
