// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/guest_symbols.h"
#include "views/timeline/timeline_layout.h"

namespace exitscope {

// What the pointer is on, as rich text: vCPU, time, state; of an exit its reason with its meaning, what it touched from
// where, and each number with what it is. Empty where there is nothing to tell. `symbols` may be null.
QString timelineToolTip(
    const TimelineLayout &layout, const QPointF &pos, const ExitIndex &passing, const GuestSymbols *symbols = nullptr);

} // namespace exitscope
