// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/overview/overview_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the overview of that size into the plot, which may hold an older one; what it built is returned.
// `rate` is of boundsOf() the recording, the input's filters and overviewBins(size).
std::shared_ptr<const OverviewLayout> buildOverview(
    QCustomPlot &plot, const ChartInput &input, QSize size, const ExitRate &rate);
// Its two halves, which count for themselves: any thread may lay it out, and only that of the GUI may put it into a
// plot.
std::shared_ptr<const OverviewLayout> layoutOverview(const ChartInput &input, QSize size);
void drawOverview(
    QCustomPlot &plot, const std::shared_ptr<const OverviewLayout> &layout, QSize size, const Theme &theme);

} // namespace exitscope
