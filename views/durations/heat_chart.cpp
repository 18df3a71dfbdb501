// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/heat_chart.h"

#include <array>

#include "views/chart/chart_plottable.h"
#include "views/chart/custom_plot.h"
#include "views/chart/moving_layer.h"
#include "views/chart/time_axis.h"

namespace exitscope {

namespace {

class HeatPlottable : public ChartPlottable {
public:
    HeatPlottable(QCustomPlot &plot, std::shared_ptr<const HeatLayout> layout, const Theme &theme)
        : ChartPlottable(plot), m_layout(std::move(layout)), m_theme(theme)
    {
    }

protected:
    void draw(QCPPainter *painter) override
    {
        painter->setAntialiasing(false);
        painter->setFont(m_theme.font());
        if (!m_layout->message.isEmpty()) {
            painter->setPen(m_theme.mutedText());
            return painter->drawText(m_layout->plot, Qt::AlignCenter | Qt::TextWordWrap, m_layout->message);
        }
        drawCells(*painter);
        drawLegend(*painter);
    }

private:
    QColor colour(int step) const { return m_theme.heat(double(step) / (HeatLayout::kColours - 1)); }

    void drawCells(QCPPainter &painter) const
    {
        std::array<QList<QRectF>, HeatLayout::kColours> rects;
        const HeatMap &map = *m_layout->map;
        const QRectF inside = m_layout->plot.toAlignedRect();
        for (int column = 0; column < map.columns(); ++column) {
            for (int bin = m_layout->bins.first; bin < m_layout->bins.end; ++bin) {
                const HeatMap::Cell &cell = map.at(column, bin);
                if (cell.count == 0)
                    continue;
                if (const QRectF rect = m_layout->rectOf(column, bin).intersected(inside); !rect.isEmpty())
                    rects[std::size_t(m_layout->colourOf(m_layout->weightOf(cell)))].push_back(rect);
            }
        }
        for (int step = 0; step < HeatLayout::kColours; ++step)
            fillRects(painter, rects[std::size_t(step)], colour(step));
    }

    void drawLegend(QCPPainter &painter) const
    {
        const QRectF &legend = m_layout->legend;
        if (legend.isEmpty())
            return;
        const double width = legend.width() / HeatLayout::kColours;
        for (int step = 0; step < HeatLayout::kColours; ++step)
            fillRects(
                painter, {QRectF(legend.left() + step * width, legend.top(), width, legend.height())}, colour(step));
        painter.setPen(m_theme.mutedText());
        QRectF line = legend;
        line.setRight(m_layout->plot.right());
        painter.drawText(
            line.adjusted(legend.width() + 6, -4, 0, 4), Qt::AlignLeft | Qt::AlignVCenter, m_layout->legendText);
        painter.drawText(line.adjusted(0, -4, 0, 4), Qt::AlignRight | Qt::AlignVCenter, m_layout->note);
    }

    std::shared_ptr<const HeatLayout> m_layout;
    Theme m_theme;
};

// What moves while it is dragged.
class HeatFrame : public ChartPlottable {
public:
    HeatFrame(QCustomPlot &plot, std::shared_ptr<const HeatLayout> layout, const Theme &theme)
        : ChartPlottable(plot), m_layout(std::move(layout)), m_theme(theme)
    {
        setLayer(movingLayer(plot));
    }

protected:
    void draw(QCPPainter *painter) override
    {
        if (m_layout->frame.isEmpty())
            return;
        painter->setAntialiasing(false);
        painter->setPen(QPen(m_theme.accent(), 2));
        painter->setBrush(m_theme.selectionFill());
        painter->drawRect(m_layout->frame.adjusted(0, 0, -1, -1));
    }

private:
    std::shared_ptr<const HeatLayout> m_layout;
    Theme m_theme;
};

void setUpDurationAxis(QCustomPlot &plot, const HeatLayout &layout)
{
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    ticker->setSubTickCount(0);
    for (const HistogramTick &tick : layout.ticksY)
        ticker->addTick(tick.at, tick.label);
    plot.yAxis->setVisible(layout.message.isEmpty());
    plot.yAxis->setTicker(ticker);
    plot.yAxis->setRange(layout.bins.first, layout.bins.end);
    plot.yAxis->setLabel(layout.titleY);
    plot.yAxis->setLabelPadding(2);
    plot.yAxis->setTickLabelPadding(3);
}

} // namespace

void drawHeat(QCustomPlot &plot, const std::shared_ptr<const HeatLayout> &layout, QSize size, const Theme &theme)
{
    plot.setAutoAddPlottableToLegend(false);
    const Ns from = layout->scale.range.from - layout->begin;
    setUpTimeAxis(
        plot, layout->plot, size, {from, from + layout->scale.range.length()}, layout->ticks, theme, layout->hasTitle);
    setUpDurationAxis(plot, *layout);
    plot.axisRect()->setVisible(true);
    plot.clearPlottables();
    new HeatPlottable(plot, layout, theme); // the plot owns them
    new HeatFrame(plot, layout, theme);
}

} // namespace exitscope
