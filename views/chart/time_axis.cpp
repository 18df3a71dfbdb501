// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/time_axis.h"

#include "views/chart/custom_plot.h"

namespace exitscope {

namespace {

constexpr double kSecondsPerNs = 1e-9;

void setColors(QCPAxis &axis, const Theme &theme)
{
    axis.setBasePen(QPen(theme.mutedText(), 1));
    axis.setTickPen(QPen(theme.mutedText(), 1));
    axis.setSubTickPen(Qt::NoPen);
    axis.setTickLabelColor(theme.mutedText());
    axis.setLabelColor(theme.mutedText());
    axis.setTickLabelFont(theme.font(9));
    axis.setLabelFont(theme.font(9));
    axis.grid()->setPen(QPen(theme.grid(), 1, Qt::SolidLine));
    axis.grid()->setZeroLinePen(Qt::NoPen);
}

} // namespace

void setUpTimeAxis(QCustomPlot &plot, const QRectF &at, QSize size, TimeRange visible, const TimeTicks &ticks,
    const Theme &theme, bool withTitle)
{
    plot.setBackground(QBrush(theme.window()));
    QCPAxisRect &rect = *plot.axisRect();
    rect.setBackground(QBrush(theme.base()));
    rect.setAutoMargins(QCP::msNone);
    rect.setMargins(QMargins(int(at.left()), int(at.top()), size.width() - int(at.left()) - int(at.width()),
        size.height() - int(at.top()) - int(at.height())));

    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    ticker->setSubTickCount(0);
    const TimeScale scale{visible, at.left(), at.width()};
    const QFontMetricsF metrics(theme.font(9));
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        // A label that would be cut at the border is left out; its tick stays.
        const double end = scale.timeToPx(ticks.at[i]) + metrics.horizontalAdvance(ticks.labels[i]) / 2;
        const QString label = end <= size.width() ? ticks.labels[i] : QString();
        ticker->addTick(double(ticks.at[i]) * kSecondsPerNs, label);
    }
    setColors(*plot.xAxis, theme);
    setColors(*plot.yAxis, theme);
    plot.xAxis->setTicker(ticker);
    plot.xAxis->setRange(double(visible.from) * kSecondsPerNs, double(visible.to) * kSecondsPerNs);
    plot.xAxis->setLabel(withTitle ? ticks.title : QString());
    plot.xAxis->setLabelPadding(2);
    plot.xAxis->setTickLabelPadding(3);
    plot.yAxis->setVisible(false);
}

} // namespace exitscope
