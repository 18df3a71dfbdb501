// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart_plottable.h"

namespace exitscope {

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
