// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/timeline/timeline_layout.h"

namespace exitscope {

// What the pointer is on, as rich text: vCPU, time, state; of an exit its reason with its meaning, and each number with
// what it is. Empty where there is nothing to tell.
QString timelineToolTip(const TimelineLayout &layout, const QPointF &pos, const ExitIndex &passing);

} // namespace exitscope
