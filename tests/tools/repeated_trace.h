// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace exitscope::testing {

// Writes a trace of LTTng's kernel tracer `times` times behind itself, as one longer trace: the same events with all
// their fields and contexts, each time 2^33 cycles later. Throws std::runtime_error where it is no such trace, or one
// that takes longer than that.
void repeatTrace(const std::string &from, const std::string &directory, std::uint64_t times);

} // namespace exitscope::testing
