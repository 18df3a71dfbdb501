// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/timeline/timeline_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the timeline of that size into the plot, which may hold an older one; what it built is returned.
std::shared_ptr<const TimelineLayout> buildTimeline(
    QCustomPlot &plot, const ChartInput &input, QSize size, const TimelineOptions &options = {});

} // namespace exitscope
