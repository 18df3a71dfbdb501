// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/chart_plottable.h"

#include <QPaintEngine>

#include <algorithm>
#include <iterator>
#include <optional>

namespace exitscope {

namespace {

inline bool isWhole(double value)
{
    return value == double(int(value));
}

inline bool isWholePixels(const QRectF &rect)
{
    return isWhole(rect.x()) && isWhole(rect.y()) && isWhole(rect.width()) && isWhole(rect.height());
}

// The part of a device that is painted now, where it is only a part: a band of a large picture.
std::optional<QRectF> paintedPart(const QCPPainter &painter)
{
    const QRegion part = painter.paintEngine()->systemClip();
    if (part.isEmpty())
        return std::nullopt;
    return painter.deviceTransform().inverted().mapRect(QRectF(part.boundingRect()));
}

} // namespace

void fillRects(QCPPainter &painter, const QList<QRectF> &rects, const QBrush &brush)
{
    if (rects.isEmpty())
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(brush);
    const std::optional<QRectF> part = paintedPart(painter);
    const auto isPainted
        = [&](const QRectF &rect) { return !part || (rect.bottom() >= part->top() && rect.top() <= part->bottom()); };
    // The raster engine fills whole pixels many times faster. All rects count: a band is painted as the whole would be.
    QList<QRect> whole;
    whole.reserve(rects.size());
    for (const QRectF &rect : rects) {
        if (!isWholePixels(rect)) {
            QList<QRectF> painted;
            std::ranges::copy_if(rects, std::back_inserter(painted), isPainted);
            return painter.drawRects(painted);
        }
        if (isPainted(rect))
            whole.emplace_back(int(rect.x()), int(rect.y()), int(rect.width()), int(rect.height()));
    }
    painter.drawRects(whole);
}

ChartPlottable::ChartPlottable(QCustomPlot &plot) : QCPAbstractPlottable(plot.xAxis, plot.yAxis) { }

// Gestures are the views' own affair.
double ChartPlottable::selectTest(const QPointF &, bool, QVariant *) const
{
    return -1;
}

QCPRange ChartPlottable::getKeyRange(bool &foundRange, QCP::SignDomain) const
{
    foundRange = false;
    return {};
}

QCPRange ChartPlottable::getValueRange(bool &foundRange, QCP::SignDomain, const QCPRange &) const
{
    foundRange = false;
    return {};
}

QRect ChartPlottable::clipRect() const
{
    return parentPlot()->viewport();
}

void ChartPlottable::drawLegendIcon(QCPPainter *, const QRectF &) const { }

} // namespace exitscope
