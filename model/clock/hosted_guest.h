// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/alignment.h"
#include "model/guest/thread_states.h"

namespace exitscope {

// The guest of an alignment that has a map and a VM. Both must outlive it.
GuestOnHost hostedGuest(const Recording &recording, const GuestAlignment &alignment);

} // namespace exitscope
