// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>

#include "views/timeline/timeline_layout.h"

// The parts of layoutTimeline(); each adds its own to a layout whose rows are placed.
namespace exitscope {

void addStates(TimelineLayout &layout, const QFontMetricsF &metrics);
void addPcpus(TimelineLayout &layout, const QFontMetricsF &metrics);
void addOccupancy(TimelineLayout &layout, const QFontMetricsF &metrics);
// The rows of a VM's guest, not placed yet; filters say which are chosen.
void listThreadRows(
    std::vector<TimelineRow> &rows, const TimelineOptions &options, const ExitFilters &filters, const VmKey &vm);
// What the last layout shows of the same threads at the same times is taken from it; it may be null.
void addThreadStrips(TimelineLayout &layout, const QFontMetricsF &metrics, const TimelineLayout *last);
void addGuests(TimelineLayout &layout, const QFontMetricsF &metrics);
// What occurs in the whole recording, so that it stays where it is while the window moves.
struct TimelineLegend {
    std::vector<LegendEntry> states;
    std::vector<LegendEntry> reasons; // the most frequent first
};
TimelineLegend legendOf(const Recording &recording, const ExitIndex &all);
// Of both in one line.
double legendWidth(const TimelineLegend &legend, const QFontMetricsF &metrics);
// Places them in as many lines, of that height, from the top of the layout; what does not fit in its line is counted.
void addLegend(
    TimelineLayout &layout, const TimelineLegend &legend, int lines, double lineHeight, const QFontMetricsF &metrics);

void addMarks(TimelineLayout &layout, const ExitIndex &all, const ExitIndex &passing, const QFontMetricsF &metrics);

} // namespace exitscope
