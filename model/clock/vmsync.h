// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/feasible_lines.h"
#include "model/timeline/clock_events.h"

namespace exitscope {

// What pairs of vmsync_* events with the same vm_uid and cnt say: the host receives after the guest calls, and the
// guest resumes after the host answers. Of the guest's uid alone; ordered by guest time.
std::vector<InstantBounds> vmsyncBounds(const VmsyncColumns &guest, const VmsyncColumns &host);

// Whether they bound a map from both sides.
bool boundsBothSides(const std::vector<InstantBounds> &bounds);

} // namespace exitscope
