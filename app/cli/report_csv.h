// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// A row per vCPU and reason.
void writeReportCsv(Output &output, const Recording &recording, const Statistics &statistics);

} // namespace exitscope
