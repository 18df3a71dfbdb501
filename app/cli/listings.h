// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "model/causes/guest_symbols.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// CSV: the states of each selected vCPU, one after the other, cut at the borders of the range.
void writeIntervals(Output &output, const Recording &recording, const Selection &selection);

// CSV: a row per selected exit, ordered by time, VM, vCPU.
// With the column `symbol` if there are `symbols`.
void writeExits(Output &output, const Recording &recording, const Selection &selection, const GuestSymbols *symbols);

} // namespace exitscope
