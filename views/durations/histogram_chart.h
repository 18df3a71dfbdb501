// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/chart.h"
#include "views/durations/histogram_layout.h"

class QCustomPlot;

namespace exitscope {

// Builds the histogram of that duration for a plot of that size; replaces what the plot held. Does not replot.
void buildHistogram(QCustomPlot &plot, const ChartInput &input, DurationKind of, QSize size);
// The same from a layout that is known already.
void drawHistogram(QCustomPlot &plot, const HistogramLayout &layout, const Theme &theme, QSize size);

} // namespace exitscope
