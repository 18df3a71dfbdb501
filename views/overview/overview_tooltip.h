// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/overview/overview_layout.h"

namespace exitscope {

// Of the bin below the pointer: its time, its exits per second, its most frequent reasons. Empty beside the plot.
QString overviewToolTip(const OverviewLayout &layout, const ExitRate &rate, const QPointF &pos);

} // namespace exitscope
