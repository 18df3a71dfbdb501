// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

#include "model/statistics/heat_map.h"
#include "views/chart/chart.h"
#include "views/chart/time_scale.h"
#include "views/durations/histogram_layout.h"

// What the heat map of durations shows and where, without a widget.
namespace exitscope {

struct HeatLayout {
    static constexpr int kColours = 24; // steps of the scale

    std::shared_ptr<const Recording> recording;
    std::shared_ptr<const HeatMap> map;
    QRectF plot; // within the axes
    TimeScale scale;
    Ns begin = 0; // of the recording: times are told from it
    BinRange bins; // what the axis shows, from below
    bool byTime = false; // cells are weighed by their durations in all, else by exits
    std::int64_t most = 0; // exits or ns of the fullest cell
    TimeTicks ticks;
    std::vector<HistogramTick> ticksY; // in bins
    QString titleY; // empty where there is no room
    bool hasTitle = false; // of the time axis
    QRectF legend; // the scale of colours; empty where there is no room
    QString legendText; // to its right
    QRectF frame; // what is selected of time and durations; empty: nothing
    QString note; // of what it leaves out, on the right above
    QString message; // instead of cells

    double binToPx(double bin) const { return plot.bottom() - (bin - bins.first) * plot.height() / bins.size(); }
    int pxToBin(double y) const; // the nearest that is shown
    int pxToColumn(double x) const; // of the map; -1: of none
    std::int64_t weightOf(const HeatMap::Cell &cell) const { return byTime ? cell.ns : cell.count; }
    int colourOf(std::int64_t weight) const; // step of the scale, by the logarithm
    QRectF rectOf(int column, int bin) const; // may lie outside the plot
};

// Where columns of a heat map of that size begin and end while that is visible. The very end belongs to it.
std::vector<Ns> heatBorders(const ViewValues &values, TimeRange bounds, QSize size);
// What of a selection a heat map of that duration is over: all but the range, and a band of the same.
Selection heatSelection(Selection selection, DurationKind of);
// `map` may be of another visible range: what it has of this one is shown.
HeatLayout layoutHeat(const ChartInput &input, std::shared_ptr<const HeatMap> map, QSize size);
// Places the frame anew.
void placeHeatFrame(HeatLayout &layout, const ViewValues &values);
// With the map of it made; for pictures.
HeatLayout layoutHeat(const ChartInput &input, DurationKind of, QSize size);

// "12 exits, 0.3 % of what is shown, 160 µs in all" of the cell there; empty beside the cells.
QString heatToolTip(const HeatLayout &layout, const QPointF &pos);

} // namespace exitscope
