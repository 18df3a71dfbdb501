// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/custom_plot.h"
#include "views/chart/moving_layer.h"
#include "views/chart/screen_work.h"
#include "views/chart/theme.h"

namespace exitscope {

// Empty, in the colour of the window around.
inline void showNothing(QCustomPlot &plot, const Theme &theme)
{
    plot.clearPlottables();
    plot.axisRect()->setVisible(false);
    plot.setBackground(QBrush(theme.window()));
}

// The widget of a chart that is built anew for each size. Building and painting it take turns of the event loop of
// their own, beside those of all other charts.
class ChartPlot : public QCustomPlot {
public:
    using Place = ScreenWork::Place;

    // `build` is called after it got another size too.
    ChartPlot(QWidget *parent, std::function<void()> build, Place place = Place::Line)
        : QCustomPlot(parent), m_build(std::move(build), place), m_paint([this] { replot(rpQueuedRefresh); }, place),
          m_paintMoving([this] { paintMoving(); }, place)
    {
        // The menu is that of the chart's view around. QCustomPlot would keep the event that asks for it.
        setContextMenuPolicy(Qt::NoContextMenu);
        setAttribute(Qt::WA_NoMousePropagation, false);
    }

    void askForBuild() { m_build.ask(); }
    void isBuiltNow() { m_build.forget(); } // with all that is new
    void askForPaint() { m_paint.ask(); }
    void askForPaintOfMoving() { m_paintMoving.ask(); } // of movingLayer() alone
    // What is drawn is of the size that it has, and of what is newest.
    bool isBuilt() const { return !m_build.isAsked(); }

protected:
    // QCustomPlot would paint what was built for the old size, at every step of a resize.
    void resizeEvent(QResizeEvent *) override
    {
        setViewport(rect());
        m_build.ask();
    }

private:
    void paintMoving()
    {
        if (m_paint.isAsked())
            return; // with all else
        if (hasInvalidatedPaintBuffers())
            replot(rpQueuedRefresh);
        else
            movingLayer(*this)->replot();
    }

    ScreenWork m_build, m_paint, m_paintMoving;
};

} // namespace exitscope
