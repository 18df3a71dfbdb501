// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace exitscope::testing {

// A host trace of some `events` events on two pCPUs, a vCPU each: exits of many reasons, some of them handled by QEMU,
// some halts, some preemptions and interrupts. The same seed gives the same trace.
void writeStormTrace(const std::string &directory, std::int64_t events, std::uint32_t seed);

} // namespace exitscope::testing
