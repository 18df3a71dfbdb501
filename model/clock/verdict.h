// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/alignment.h"

namespace exitscope {

// How sure a map by vmsync events or by containment is; one of a user is what the user says.
SyncVerdict verdictOf(const GuestAlignment &alignment);

// Whether the truth lies within what bounds the map: all regions are known, there is no rival, and no more events than
// a few fall out of runs, for else no line is the true one.
bool areBoundsSure(const GuestAlignment &alignment);

// Whether a map that is 5 ms or more away, or leads to another VM, fits so well that it may as well be that one. What
// bounds the map then bounds it only if it is the right one.
bool hasRival(const GuestAlignment &alignment);

} // namespace exitscope
