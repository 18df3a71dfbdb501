// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFontMetricsF>
#include <QRectF>
#include <QString>

#include <vector>

#include "model/session/view_state.h"
#include "model/statistics/statistics.h"
#include "views/chart/theme.h"

// What the exit-reason pie shows and where, without a widget.
namespace exitscope {

struct PieSlice {
    std::vector<ReasonKey> reasons; // several in "Other"
    QString name;
    double value = 0; // exits, or ns
    double share = 0; // of all slices, 0 to 1
    QColor color;
    bool chosen = true; // passes the filter of reasons
};

// The largest reasons by that measure, and "Other" for what is left. Empty if there is nothing to share out.
inline constexpr int kMostSlices = 8;
std::vector<PieSlice> pieSlices(
    const Totals &totals, const ReasonTable &reasons, const ViewValues &values, const Theme &theme);

// "cpuid 57.2 %"
QString sliceText(const PieSlice &slice);

struct PieLabel {
    QString text; // as it fits
    QRectF box;
    QRectF swatch; // in a list
    QPointF edge, elbow; // else ends of the leader, from the rim of the slice to the box
    std::size_t slice = 0;
};

struct PieLayout {
    QPointF center;
    double radius = 0;
    std::vector<PieLabel> labels; // none intersect, none leaves the area; those that find no room are left out
};

// Slices go clockwise from twelve o'clock. Labels stand in a column on each side, in the order of their slices; where
// that would leave little of the pie, in a list beside it.
PieLayout layoutPie(const std::vector<PieSlice> &slices, const QRectF &area, const QFontMetricsF &metrics);

} // namespace exitscope
