// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_chart.h"

#include "views/chart/custom_plot.h"
#include "views/chart/time_axis.h"
#include "views/timeline/timeline_plottable.h"

namespace exitscope {

std::shared_ptr<const TimelineLayout> buildTimeline(
    QCustomPlot &plot, const ChartInput &input, QSize size, const TimelineOptions &options)
{
    const ExitIndexCache exits = exitsOf(input);
    auto layout
        = std::make_shared<const TimelineLayout>(layoutTimeline(input, size, options, *exits.all(), *exits.passing()));
    const TimeRange &visible = input.values.visible;
    setUpTimeAxis(plot, layout->plot, size, {visible.from - layout->begin, visible.to - layout->begin}, layout->ticks,
        input.theme, layout->axisTitle.isEmpty());
    plot.clearPlottables();
    new TimelinePlottable(plot, layout, input.theme); // the plot owns it
    return layout;
}

} // namespace exitscope
