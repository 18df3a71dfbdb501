// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/overview/overview_layout.h"

class QCustomPlot;

namespace exitscope {

// The two halves of building it: any thread may lay it out, which counts the exits, and only that of the GUI may put it
// into the plot, which may hold an older one.
std::shared_ptr<const OverviewLayout> layoutOverview(const ChartInput &input, QSize size);
void drawOverview(
    QCustomPlot &plot, const std::shared_ptr<const OverviewLayout> &layout, QSize size, const Theme &theme);

} // namespace exitscope
