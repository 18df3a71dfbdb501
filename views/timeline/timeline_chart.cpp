// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_chart.h"

#include "views/chart/custom_plot.h"
#include "views/chart/time_axis.h"
#include "views/timeline/timeline_plottable.h"

namespace exitscope {

std::shared_ptr<const TimelineLayout> layoutTimeline(
    const ChartInput &input, QSize size, const TimelineOptions &options)
{
    const ExitIndexCache exits = exitsOf(input);
    return std::make_shared<const TimelineLayout>(layoutTimeline(input, size, options, *exits.all(), *exits.passing()));
}

void drawTimeline(
    QCustomPlot &plot, const std::shared_ptr<const TimelineLayout> &layout, QSize size, const Theme &theme)
{
    const TimeRange &visible = layout->scale.range;
    setUpTimeAxis(plot, layout->plot, size, {visible.from - layout->begin, visible.to - layout->begin}, layout->ticks,
        theme, layout->axisTitle.isEmpty());
    plot.clearPlottables();
    new TimelinePlottable(plot, layout, theme); // the plot owns them
    new ChosenPlottable(plot, layout, theme);
}

std::shared_ptr<const TimelineLayout> buildTimeline(
    QCustomPlot &plot, const ChartInput &input, QSize size, const TimelineOptions &options)
{
    auto layout = layoutTimeline(input, size, options);
    drawTimeline(plot, layout, size, input.theme);
    return layout;
}

} // namespace exitscope
