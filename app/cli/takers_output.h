// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// Who ran where the preempted vCPUs of the selection waited, in the format.
void writeTakers(Output &output, ReportFormat format, const Recording &recording, const Selection &selection);

} // namespace exitscope
