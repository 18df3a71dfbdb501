// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>

#include "views/timeline/timeline_layout.h"

// The parts of layoutTimeline(); each adds its own to a layout whose rows are placed.
namespace exitscope {

void addStates(TimelineLayout &layout, const QFontMetricsF &metrics);
void addPcpus(TimelineLayout &layout, const QFontMetricsF &metrics);
void addGuests(TimelineLayout &layout, const QFontMetricsF &metrics);
void addMarks(TimelineLayout &layout, const ExitIndex &all, const ExitIndex &passing, const QFontMetricsF &metrics);

} // namespace exitscope
