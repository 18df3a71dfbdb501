// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/timeline/timeline_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the timeline of that size into the plot, which may hold an older one; what it built is returned.
std::shared_ptr<const TimelineLayout> buildTimeline(
    QCustomPlot &plot, const ChartInput &input, QSize size, const TimelineOptions &options = {});

// Its two halves: any thread may lay it out, and only that of the GUI may put it into a plot.
std::shared_ptr<const TimelineLayout> layoutTimeline(
    const ChartInput &input, QSize size, const TimelineOptions &options);
void drawTimeline(
    QCustomPlot &plot, const std::shared_ptr<const TimelineLayout> &layout, QSize size, const Theme &theme);

} // namespace exitscope
