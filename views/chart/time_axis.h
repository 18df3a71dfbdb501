// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include "views/chart/theme.h"
#include "views/chart/time_scale.h"

class QCustomPlot;

namespace exitscope {

// Makes the plot's axis rect lie there, with a time axis below (in seconds from the begin of the recording) and the
// theme's colours; the left axis is hidden. `visible` is relative to the begin.
void setUpTimeAxis(QCustomPlot &plot, const QRectF &at, QSize size, TimeRange visible, const TimeTicks &ticks,
    const Theme &theme, bool withTitle = true);

} // namespace exitscope
