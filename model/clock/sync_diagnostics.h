// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/alignment.h"

namespace exitscope {

// That a guest could not be aligned and how well it fits at best; or what a user of the map must know.
void tellAlignment(const Recording &recording, const GuestAlignment &alignment, Diagnostics &diagnostics);

} // namespace exitscope
