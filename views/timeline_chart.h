// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/timeline_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the timeline of that size into the plot, which may hold an older one; what it built is returned.
// `indexes` spares the work of making them anew for every picture; they must be of the input's recording and filters.
std::shared_ptr<const TimelineLayout> buildTimeline(QCustomPlot &plot, const ChartInput &input, QSize size,
    const TimelineOptions &options = {}, const ExitIndexCache *indexes = nullptr);

} // namespace exitscope
