// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/heat_layout.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

#include "model/number_format.h"

namespace exitscope {

namespace {

constexpr double kHeatLeft = 64; // px for the names of durations
constexpr double kHeatRight = 10; // px
constexpr double kHeatSpace = 4; // px between things
constexpr double kColumnPx = 2;
constexpr double kScaleWidth = 120; // px of the legend's colours, at most
constexpr double kPerTick = 60; // px

QString heatTr(const char *text)
{
    return QCoreApplication::translate("HeatMap", text);
}

double plotWidth(QSize size)
{
    return std::max(1.0, size.width() - kHeatLeft - kHeatRight);
}

// The bins that hold anything.
BinRange heldBins(const HeatMap &map)
{
    int first = DurationBins::kCount;
    int end = 0;
    for (int column = 0; column < map.columns(); ++column) {
        for (int bin = 0; bin < DurationBins::kCount; ++bin) {
            if (map.at(column, bin).count > 0) {
                first = std::min(first, bin);
                end = std::max(end, bin + 1);
            }
        }
    }
    return {first, end};
}

void addDurationTicks(HeatLayout &layout, double lineHeight)
{
    double free = layout.plot.bottom() + lineHeight;
    Ns power = DurationBins::kLowest;
    for (int decade = 0; decade * DurationBins::kPerDecade <= layout.bins.end; ++decade, power *= 10) {
        const double at = binPositionOf(power);
        const double y = layout.binToPx(at);
        if (at < layout.bins.first || at > layout.bins.end || y + lineHeight > free)
            continue;
        layout.ticksY.push_back({at, durationTickText(power)});
        free = y;
    }
}

void placeLegend(HeatLayout &layout, const QFontMetricsF &metrics, double top)
{
    if (layout.most == 0)
        return;
    const QString fullest
        = layout.byTime ? formatDuration(layout.most) : formatCounted(layout.most, heatTr("exit"), heatTr("exits"));
    layout.legendText = (layout.byTime ? heatTr("to %1 of exits in a cell") : heatTr("1 to %1 in a cell")).arg(fullest);
    const double width = std::floor(std::min(kScaleWidth, layout.plot.width() / 4));
    if (width + 2 * kHeatSpace + metrics.horizontalAdvance(layout.legendText) > layout.plot.width())
        return layout.legendText.clear();
    layout.legend = QRectF(layout.plot.left(), top + 2, width, metrics.ascent());
}

} // namespace

int HeatLayout::pxToBin(double y) const
{
    const double share = plot.height() > 0 ? (plot.bottom() - y) / plot.height() : 0;
    return std::clamp(bins.first + int(std::floor(share * bins.size())), bins.first, bins.end - 1);
}

int HeatLayout::pxToColumn(double x) const
{
    const Ns t = scale.pxToTime(std::clamp(x, plot.left(), plot.right() - 0.5));
    const auto after = std::ranges::upper_bound(map->borders, t);
    const auto column = int(after - map->borders.begin()) - 1;
    return column < map->columns() ? column : -1;
}

int HeatLayout::colourOf(std::int64_t weight) const
{
    if (most <= 1)
        return kColours - 1;
    const double share = std::log(double(std::max<std::int64_t>(weight, 1))) / std::log(double(most));
    return std::clamp(int(share * kColours), 0, kColours - 1);
}

QRectF HeatLayout::rectOf(int column, int bin) const
{
    const auto at = std::size_t(column);
    const double left = std::round(scale.timeToPx(map->borders[at]));
    const double right = std::max(left + 1, std::round(scale.timeToPx(map->borders[at + 1])));
    const double top = std::round(binToPx(bin + 1));
    const double bottom = std::max(top + 1, std::round(binToPx(bin)));
    return {left, top, right - left, bottom - top};
}

std::vector<Ns> heatBorders(const ViewValues &values, TimeRange bounds, QSize size)
{
    const int columns = std::max(1, int(plotWidth(size) / kColumnPx));
    TimeRange visible = values.visible;
    if (visible.to == bounds.to)
        ++visible.to;
    std::vector<Ns> borders = TimeScale{visible, 0, double(columns)}.columnBorders();
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    return borders;
}

Selection heatSelection(Selection selection, DurationKind of)
{
    selection.from.reset();
    selection.to.reset();
    if (selection.bandOf == of) {
        selection.minNs.reset();
        selection.maxNs.reset();
        selection.bandOf = DurationKind::Gross;
    }
    return selection;
}

void placeHeatFrame(HeatLayout &layout, const ViewValues &values)
{
    layout.frame = {};
    const bool hasBand = values.band && values.band->of == layout.map->of;
    if (!values.selected && !hasBand)
        return;
    QRectF frame = layout.plot;
    if (values.selected) {
        frame.setLeft(layout.scale.timeToPx(values.selected->from));
        frame.setRight(std::max(frame.left() + 1, layout.scale.timeToPx(values.selected->to)));
    }
    if (hasBand) {
        const BinRange band = binsOf(*values.band);
        frame.setTop(layout.binToPx(std::min(band.end, layout.bins.end)));
        frame.setBottom(layout.binToPx(std::max(band.first, layout.bins.first)));
    }
    layout.frame = frame.intersected(layout.plot);
}

HeatLayout layoutHeat(const ChartInput &input, std::shared_ptr<const HeatMap> map, QSize size)
{
    HeatLayout layout;
    const QFontMetricsF metrics(input.theme.font());
    const double line = std::ceil(metrics.height());
    layout.recording = input.recording;
    layout.map = std::move(map);
    layout.begin = boundsOf(*input.recording).from;
    layout.byTime = input.values.measure != Measure::Count;
    layout.hasTitle = size.height() > 9 * line;
    const double above = line + 2 * kHeatSpace;
    const double below = line + 3 * kHeatSpace + (layout.hasTitle ? line : 0);
    layout.plot = QRectF(kHeatLeft, above, plotWidth(size), std::max(1.0, size.height() - above - below));
    layout.scale = {input.values.visible, layout.plot.left(), layout.plot.width()};
    const Ns from = input.values.visible.from - layout.begin;
    layout.ticks = timeTicks({from, from + input.values.visible.length()}, layout.plot.width(), kPerTick);
    const bool hasBand = input.values.band && input.values.band->of == layout.map->of;
    layout.bins = roomyBins(heldBins(*layout.map), hasBand ? std::optional(binsOf(*input.values.band)) : std::nullopt);
    for (const HeatMap::Cell &cell : layout.map->cells)
        layout.most = std::max(layout.most, layout.weightOf(cell));
    addDurationTicks(layout, line);
    placeLegend(layout, metrics, kHeatSpace);
    placeHeatFrame(layout, input.values);
    const bool isOfRuns = layout.map->of == DurationKind::Run;
    layout.titleY = layout.plot.height() > 10 * line ? durationMeaning(layout.map->of).section(u':', 0, 0) : QString();
    if (layout.map->leftOut > 0)
        layout.note = heatTr("%1 of no known net time left out").arg(formatCount(layout.map->leftOut));
    if (layout.map->total == 0)
        layout.message = isOfRuns ? heatTr("No runs in what is visible") : heatTr("No timed exits in what is visible");
    if (layout.plot.width() < 40 || size.height() < above + below + 20)
        layout.message = heatTr("No room");
    return layout;
}

HeatLayout layoutHeat(const ChartInput &input, DurationKind of, QSize size)
{
    auto map = std::make_shared<const HeatMap>(heatMapOf(*input.recording, heatSelection(input.values.selection(), of),
        of, heatBorders(input.values, boundsOf(*input.recording), size)));
    return layoutHeat(input, std::move(map), size);
}

QString heatToolTip(const HeatLayout &layout, const QPointF &pos)
{
    if (!layout.message.isEmpty() || !layout.plot.contains(pos))
        return {};
    const int column = layout.pxToColumn(pos.x());
    if (column < 0)
        return {};
    const int bin = layout.pxToBin(pos.y());
    const HeatMap &map = *layout.map;
    const HeatMap::Cell &cell = map.at(column, bin);
    const Ns from = map.borders[std::size_t(column)];
    const bool isOfRuns = map.of == DurationKind::Run;
    const QString what = isOfRuns ? formatCounted(cell.count, heatTr("run"), heatTr("runs"))
                                  : formatCounted(cell.count, heatTr("exit"), heatTr("exits"));
    QString text = heatTr("%1 of %2").arg(what, binText(bin));
    if (cell.count > 0)
        text += heatTr(", %1 in all").arg(formatDuration(cell.ns));
    return text
        % heatTr("\n%1 from %2")
              .arg(formatDuration(map.borders[std::size_t(column) + 1] - from), formatInstant(from - layout.begin));
}

} // namespace exitscope
