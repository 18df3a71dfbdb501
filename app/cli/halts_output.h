// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// How the halts of the selection went, in the format.
void writeHalts(Output &output, ReportFormat format, const Recording &recording, const Selection &selection);

} // namespace exitscope
