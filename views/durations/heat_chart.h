// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "views/durations/heat_layout.h"

class QCustomPlot;

namespace exitscope {

// Draws the heat map into a plot of that size; replaces what the plot held. Does not replot.
void drawHeat(QCustomPlot &plot, const std::shared_ptr<const HeatLayout> &layout, QSize size, const Theme &theme);

} // namespace exitscope
