// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "model/cancel_flag.h"
#include "model/clock/alignment.h"
#include "model/guest/exit_guests.h"

namespace exitscope {

// Of each exit of a VM whose guest is aligned what it interrupted there: what holds behind all guest events of slots up
// to its own (DESIGN "The guest inside the host", Slots). Certain is what every possible map gives, and what the exit's
// address does not contradict. Incomplete if it was cancelled.
ExitGuests guestsOfExits(
    const Recording &recording, std::span<const GuestAlignment> alignments, CancelFlag cancel = nullptr);

} // namespace exitscope
