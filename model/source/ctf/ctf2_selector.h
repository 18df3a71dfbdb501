// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_location.h"
#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

// By which values of `selector` (null: in an alias) an optional field is there. Throws CtfError.
std::vector<Range> presenceOf(Properties &properties, const BuiltField *selector);

void checkRanges(const std::vector<JsonRange> &ranges, const BuiltField &selector); // throws unless it has these values
bool overlap(std::vector<JsonRange> ranges);
std::vector<Range> bitsOf(const std::vector<JsonRange> &ranges);

} // namespace exitscope::ctf
