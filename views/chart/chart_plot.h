// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "views/chart/custom_plot.h"
#include "views/chart/theme.h"

namespace exitscope {

// Empty, in the colour of the window around.
inline void showNothing(QCustomPlot &plot, const Theme &theme)
{
    plot.clearPlottables();
    plot.axisRect()->setVisible(false);
    plot.setBackground(QBrush(theme.window()));
}

// The widget of a chart that is built anew for each size.
class ChartPlot : public QCustomPlot {
public:
    // `build` is called after it got another size, once however often it did.
    ChartPlot(QWidget *parent, std::function<void()> build) : QCustomPlot(parent), m_build(std::move(build))
    {
        // The menu is that of the chart's view around. QCustomPlot would keep the event that asks for it.
        setContextMenuPolicy(Qt::NoContextMenu);
        setAttribute(Qt::WA_NoMousePropagation, false);
    }

    // What is drawn is of the size that it has.
    bool isBuilt() const { return !m_isAsked; }

protected:
    // QCustomPlot would paint what was built for the old size, at every step of a resize.
    void resizeEvent(QResizeEvent *) override
    {
        setViewport(rect());
        if (std::exchange(m_isAsked, true))
            return;
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isAsked = false;
                m_build();
            },
            Qt::QueuedConnection);
    }

private:
    std::function<void()> m_build;
    bool m_isAsked = false;
};

} // namespace exitscope
