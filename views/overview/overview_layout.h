// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include "model/statistics/exit_rate.h"
#include "views/chart/chart.h"
#include "views/chart/time_scale.h"

namespace exitscope {

struct BarRect {
    QRectF rect;
    std::uint16_t reason = 0;
};
struct ReasonLabel {
    QRectF swatch; // empty: no reason, but how many more there are
    QRectF rect;
    QString text;
    std::uint16_t reason = 0;
};

// Exits per second of the whole recording, with the visible window on it.
struct OverviewLayout {
    std::shared_ptr<const Recording> recording;
    QRectF plot;
    TimeScale scale; // of the whole recording
    Ns begin = 0;
    TimeTicks ticks;
    bool hasTitle = false; // room for the title of the time axis
    double highest = 1; // exits per second at the top
    std::vector<double> rateTicks;
    std::vector<QString> rateLabels;
    std::vector<BarRect> bars;
    std::vector<ReasonLabel> legend;
    QRectF window; // the visible range; at least a few pixels wide
    QRectF selected; // empty without a range
    QString message; // instead of bars

    static constexpr double kEdge = 4; // px around an edge of the window that take hold of it
    enum class Hit : std::uint8_t { Outside, Window, LeftEdge, RightEdge };
    Hit hit(const QPointF &pos) const;
};

int overviewBins(QSize size); // of the exit rate that a picture of that size wants
OverviewLayout layoutOverview(const ChartInput &input, QSize size, const ExitRate &rate);
// The part of it that follows the visible and the selected range: all else stays while these are moved.
void placeWindow(OverviewLayout &layout, const ViewValues &values);

// "0", "500", "12k", "1.5M"
QString formatShort(double number);

} // namespace exitscope
