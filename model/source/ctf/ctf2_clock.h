// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

// All of a clock-class but its id. Throws CtfError.
ClockClass readClock(Properties &properties, const std::string &id);

std::int64_t signedInteger(const JsonInteger &value); // throws CtfError if it is too large

} // namespace exitscope::ctf
