// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/overview/overview_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the overview of that size into the plot, which may hold an older one; what it built is returned.
// `rate` spares the work of counting anew: of boundsOf() the recording, the input's filters and overviewBins(size).
std::shared_ptr<const OverviewLayout> buildOverview(
    QCustomPlot &plot, const ChartInput &input, QSize size, const ExitRate *rate = nullptr);

} // namespace exitscope
