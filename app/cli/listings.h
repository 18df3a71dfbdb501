// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// CSV: the states of each selected vCPU, one after the other, cut at the borders of the range.
void writeIntervals(Output &output, const Recording &recording, const Selection &selection);

// CSV: a row per selected exit, ordered by time, VM, vCPU.
void writeExits(Output &output, const Recording &recording, const Selection &selection);

} // namespace exitscope
