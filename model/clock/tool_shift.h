// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/clock_map.h"
#include "model/record/description.h"

namespace exitscope {

// The map that a guest's trace brings along: trace-cmd measured its clock against the host's while both were recorded,
// and reads the guest's times so. Empty if it brings none. Nothing bounds it.
ClockMap shiftMapOf(const wire::Description &description);

} // namespace exitscope
