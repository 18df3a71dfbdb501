// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/custom_plot.h"

namespace exitscope {

// Of a chart what moves while all else stays, as the selected range does at each step of a drag: above what is drawn
// otherwise, below the axes. On a screen it is painted alone, over the pictures that there are of the others.
inline QCPLayer *movingLayer(QCustomPlot &plot)
{
    const QString name = QStringLiteral("moving");
    if (QCPLayer *layer = plot.layer(name))
        return layer;
    plot.addLayer(name, plot.layer(QStringLiteral("main")), QCustomPlot::limAbove);
    plot.layer(name)->setMode(QCPLayer::lmBuffered);
    // QCustomPlot's own has nothing on it here: a picture of it would take as long as any at every paint.
    plot.layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmLogical);
    return plot.layer(name);
}

} // namespace exitscope
