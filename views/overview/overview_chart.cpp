// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overview_chart.h"

#include <map>

#include "views/chart/chart_plottable.h"
#include "views/chart/custom_plot.h"
#include "views/chart/time_axis.h"

namespace exitscope {

namespace {

class OverviewPlottable : public ChartPlottable {
public:
    OverviewPlottable(QCustomPlot &plot, std::shared_ptr<const OverviewLayout> layout, const Theme &theme)
        : ChartPlottable(plot), m_layout(std::move(layout)), m_theme(theme)
    {
    }

protected:
    void draw(QCPPainter *painter) override
    {
        painter->setAntialiasing(false);
        if (!m_layout->message.isEmpty()) {
            painter->setPen(m_theme.mutedText());
            painter->setFont(m_theme.font(9));
            painter->drawText(m_layout->plot, Qt::AlignCenter, m_layout->message);
        }
        drawBars(*painter);
        drawLegend(*painter);
        drawWindow(*painter);
    }

private:
    QColor color(std::uint16_t reason) const { return m_theme.reason(m_layout->recording->reasons[reason]); }

    void drawBars(QCPPainter &painter) const
    {
        std::map<std::uint16_t, QList<QRectF>> rects;
        for (const BarRect &bar : m_layout->bars)
            rects[bar.reason].push_back(bar.rect);
        for (const auto &[reason, of] : rects)
            fillRects(painter, of, color(reason));
    }

    void drawLegend(QCPPainter &painter) const
    {
        painter.setFont(m_theme.font(9));
        for (const ReasonLabel &label : m_layout->legend) {
            if (!label.swatch.isEmpty()) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(color(label.reason));
                painter.drawRect(label.swatch);
            }
            painter.setPen(m_theme.mutedText());
            painter.drawText(label.rect, Qt::AlignLeft | Qt::AlignVCenter, label.text);
        }
    }

    void drawWindow(QCPPainter &painter) const
    {
        if (!m_layout->selected.isEmpty()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.selectionFill());
            painter.drawRect(m_layout->selected);
        }
        QColor veil = m_theme.window();
        veil.setAlphaF(0.55F);
        const QRectF &plot = m_layout->plot;
        const QRectF &window = m_layout->window;
        painter.setPen(Qt::NoPen);
        painter.setBrush(veil);
        painter.drawRect(QRectF(plot.topLeft(), QPointF(window.left(), plot.bottom())));
        painter.drawRect(QRectF(QPointF(window.right(), plot.top()), plot.bottomRight()));
        painter.setPen(QPen(m_theme.text(), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(window.adjusted(0, 0, -1, -1));
    }

    std::shared_ptr<const OverviewLayout> m_layout;
    Theme m_theme;
};

void setUpRateAxis(QCustomPlot &plot, const OverviewLayout &layout)
{
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    ticker->setSubTickCount(0);
    for (std::size_t i = 0; i < layout.rateTicks.size(); ++i)
        ticker->addTick(layout.rateTicks[i], layout.rateLabels[i]);
    plot.yAxis->setVisible(true);
    plot.yAxis->setTicker(ticker);
    plot.yAxis->setRange(0, layout.highest);
    plot.yAxis->setLabel(QStringLiteral("exits/s"));
    plot.yAxis->setLabelPadding(2);
    plot.yAxis->setTickLabelPadding(3);
}

} // namespace

std::shared_ptr<const OverviewLayout> layoutOverview(const ChartInput &input, QSize size)
{
    const ExitIndexCache exits = exitsOf(input);
    const ExitRate rate
        = exitRate(*exits.passing(), input.recording->reasons.size(), boundsOf(*input.recording), overviewBins(size));
    return std::make_shared<const OverviewLayout>(layoutOverview(input, size, rate));
}

void drawOverview(
    QCustomPlot &plot, const std::shared_ptr<const OverviewLayout> &layout, QSize size, const Theme &theme)
{
    const TimeRange whole{0, layout->scale.range.length()};
    setUpTimeAxis(plot, layout->plot, size, whole, layout->ticks, theme, layout->hasTitle);
    setUpRateAxis(plot, *layout);
    plot.clearPlottables();
    new OverviewPlottable(plot, layout, theme); // the plot owns it
}

} // namespace exitscope
