// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/custom_plot.h"

namespace exitscope {

// Without outlines.
void fillRects(QCPPainter &painter, const QList<QRectF> &rects, const QBrush &brush);

// A plottable that is laid out in pixels of the whole plot; what it is about is drawn by draw() alone.
class ChartPlottable : public QCPAbstractPlottable {
    Q_OBJECT

public:
    explicit ChartPlottable(QCustomPlot &plot);

    double selectTest(const QPointF &pos, bool onlySelectable, QVariant *details = nullptr) const override;
    QCPRange getKeyRange(bool &foundRange, QCP::SignDomain inSignDomain = QCP::sdBoth) const override;
    QCPRange getValueRange(bool &foundRange, QCP::SignDomain inSignDomain = QCP::sdBoth,
        const QCPRange &inKeyRange = QCPRange()) const override;

protected:
    QRect clipRect() const override;
    void drawLegendIcon(QCPPainter *painter, const QRectF &rect) const override;
};

} // namespace exitscope
