// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <QtCharts/QChartView>
#include <QtCharts/QPieSeries>

#include <cmath>

#include "views/reasons/pie_view.h"

namespace exitscope::test {

inline QPieSeries *pieSeries(const PieView &view, int pie = 0)
{
    return qobject_cast<QPieSeries *>(view.chart()->series().value(pie));
}

// In the middle of a slice.
inline void clickSlice(const PieView &view, int slice, Qt::KeyboardModifiers modifiers = {})
{
    const QPieSeries *pie = pieSeries(view);
    const QRectF area = view.chart()->plotArea();
    const QPointF center(
        area.left() + area.width() * pie->horizontalPosition(), area.top() + area.height() * pie->verticalPosition());
    const double radius = std::min(area.width(), area.height()) * pie->pieSize() / 2;
    const QPieSlice *hit = pie->slices().at(slice);
    const double angle = qDegreesToRadians(hit->startAngle() + hit->angleSpan() / 2);
    const QPointF at = center + QPointF(std::sin(angle), -std::cos(angle)) * radius * 0.8;
    auto *chartView = view.findChild<QChartView *>();
    QTest::mouseClick(
        chartView->viewport(), Qt::LeftButton, modifiers, chartView->mapFromScene(view.chart()->mapToScene(at)));
}

} // namespace exitscope::test
