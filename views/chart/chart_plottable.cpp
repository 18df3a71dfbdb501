// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/chart_plottable.h"

namespace exitscope {

namespace {

// Whole pixels if all of them are, else nothing.
QList<QRect> wholePixels(const QList<QRectF> &rects)
{
    QList<QRect> whole;
    whole.reserve(rects.size());
    for (const QRectF &rect : rects) {
        whole.push_back(rect.toRect());
        if (QRectF(whole.back()) != rect)
            return {};
    }
    return whole;
}

} // namespace

void fillRects(QCPPainter &painter, const QList<QRectF> &rects, const QBrush &brush)
{
    if (rects.isEmpty())
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(brush);
    // The raster engine fills whole pixels many times faster.
    if (const QList<QRect> whole = wholePixels(rects); !whole.isEmpty())
        painter.drawRects(whole);
    else
        painter.drawRects(rects);
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
