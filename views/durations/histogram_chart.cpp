// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/histogram_chart.h"

#include "views/chart/custom_plot.h"
#include "views/chart/net_note.h"

#include <cmath>

namespace exitscope {

namespace {

constexpr float kDimmed = 0.25F; // opacity of what is not chosen
constexpr float kFaded = 0.6F; // and of what is of an older selection
constexpr double kMessageMargin = 12; // px, both sides together
constexpr double kLeastHeight = 1.5; // px: a bin that holds anything is seen

// Labels as given; between decades the marks of a logarithmic scale.
class DurationTicker : public QCPAxisTickerText {
protected:
    QVector<double> createSubTickVector(int, const QVector<double> &ticks) override
    {
        QVector<double> result;
        if (ticks.isEmpty())
            return result;
        const int perDecade = DurationBins::kPerDecade;
        const int last = int(std::ceil(ticks.last() / perDecade)) + 1;
        for (int decade = int(std::floor(ticks.first() / perDecade)) - 1; decade < last; ++decade)
            for (int factor = 1; factor < 10; ++factor)
                result << perDecade * (decade + std::log10(factor));
        return result;
    }
};

class Drawing {
public:
    Drawing(QCustomPlot &plot, const HistogramLayout &layout, const Theme &theme)
        : m_plot(plot), m_layout(layout), m_theme(theme)
    {
    }

    void axes() const;
    void bars() const;
    void band() const;
    void marks() const;
    void legend() const;
    void message(QSize size) const;

private:
    void styleAxis(QCPAxis *axis, const QString &title, const std::vector<HistogramTick> &ticks,
        const QSharedPointer<QCPAxisTickerText> &ticker) const;
    void stack(bool inside) const;
    QCPItemText *text(const QString &string, QPointF at, const QColor &color) const;
    QCPItemLine *line(QPointF from, QPointF to, const QPen &pen) const;
    QCPItemRect *rect(const QRectF &area, const QColor &color) const;

    QCustomPlot &m_plot;
    const HistogramLayout &m_layout;
    const Theme &m_theme;
};

void place(QCPItemPosition *position, QPointF at)
{
    position->setType(QCPItemPosition::ptAbsolute);
    position->setPixelPosition(at);
}

QCPItemText *Drawing::text(const QString &string, QPointF at, const QColor &color) const
{
    auto *item = new QCPItemText(&m_plot);
    item->setLayer(QStringLiteral("overlay"));
    item->setClipToAxisRect(false);
    item->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
    item->setPadding({});
    item->setFont(m_theme.font());
    item->setColor(color);
    item->setText(string);
    place(item->position, at);
    return item;
}

QCPItemLine *Drawing::line(QPointF from, QPointF to, const QPen &pen) const
{
    auto *item = new QCPItemLine(&m_plot);
    item->setLayer(QStringLiteral("overlay"));
    item->setClipToAxisRect(false);
    item->setPen(pen);
    place(item->start, from);
    place(item->end, to);
    return item;
}

QCPItemRect *Drawing::rect(const QRectF &area, const QColor &color) const
{
    auto *item = new QCPItemRect(&m_plot);
    item->setLayer(QStringLiteral("overlay"));
    item->setClipToAxisRect(false);
    item->setPen(Qt::NoPen);
    item->setBrush(color);
    place(item->topLeft, area.topLeft());
    place(item->bottomRight, area.bottomRight());
    return item;
}

void Drawing::styleAxis(QCPAxis *axis, const QString &title, const std::vector<HistogramTick> &ticks,
    const QSharedPointer<QCPAxisTickerText> &ticker) const
{
    for (const HistogramTick &tick : ticks)
        ticker->addTick(tick.at, tick.label);
    const QPen pen(m_theme.mutedText(), 1);
    axis->setTicker(ticker);
    axis->setBasePen(pen);
    axis->setTickPen(pen);
    axis->setSubTickPen(QPen(m_theme.grid(), 1));
    axis->setTickLength(0, 4);
    axis->setSubTickLength(0, 2);
    axis->setTickLabelFont(m_theme.font());
    axis->setTickLabelColor(m_theme.mutedText());
    axis->setTickLabelPadding(5);
    axis->setLabel(title);
    axis->setLabelFont(m_theme.font());
    axis->setLabelColor(m_theme.mutedText());
    axis->setLabelPadding(1);
    axis->grid()->setPen(QPen(m_theme.grid(), 1));
    axis->grid()->setZeroLinePen(Qt::NoPen);
}

void Drawing::axes() const
{
    const QSharedPointer<QCPAxisTickerText> across(new DurationTicker);
    styleAxis(m_plot.xAxis, m_layout.titleX, m_layout.ticksX, across);
    const QSharedPointer<QCPAxisTickerText> up(new QCPAxisTickerText);
    up->setSubTickCount(0);
    styleAxis(m_plot.yAxis, m_layout.titleY, m_layout.ticksY, up);
    m_plot.xAxis->grid()->setVisible(false);
    m_plot.yAxis->grid()->setVisible(true);
    m_plot.xAxis->setRange(m_layout.bins.first, m_layout.bins.end);
    m_plot.yAxis->setRange(0, m_layout.top);
}

void Drawing::stack(bool inside) const
{
    const double binPx = m_layout.plot.width() / m_layout.bins.size();
    const double least = m_layout.top * kLeastHeight / m_layout.plot.height();
    QCPBars *below = nullptr;
    for (const HistogramSeries &series : m_layout.stack) {
        QVector<double> keys, values;
        for (int bin = m_layout.bins.first; bin < m_layout.bins.end; ++bin) {
            const double count = double(series.counts[std::size_t(bin - m_layout.bins.first)]);
            if (inside != (!m_layout.band || m_layout.band->contains(bin)) || count == 0)
                continue;
            keys << bin + 0.5;
            values << count * std::max(1.0, least / double(m_layout.countOf(bin)));
        }
        auto *bars = new QCPBars(m_plot.xAxis, m_plot.yAxis);
        QColor color = series.color;
        if (!series.chosen || !inside)
            color.setAlphaF(kDimmed);
        if (m_layout.isOld)
            color.setAlphaF(float(color.alphaF()) * kFaded);
        bars->setName(series.name);
        bars->setBrush(color);
        bars->setPen(Qt::NoPen); // it would hide low bars
        bars->setAntialiased(false);
        bars->setStackingGap(0); // else a bar of many reasons would be higher than what it counts
        bars->setWidthType(QCPBars::wtPlotCoords);
        bars->setWidth(binPx >= 5 ? (binPx - 1) / binPx : 1);
        bars->setData(keys, values, true);
        if (below)
            bars->moveAbove(below);
        below = bars;
    }
}

void Drawing::bars() const
{
    stack(true);
    if (m_layout.band)
        stack(false);
}

void Drawing::band() const
{
    if (!m_layout.band)
        return;
    const QRectF &plot = m_layout.plot;
    const double left = std::max(plot.left(), m_layout.binToPx(m_layout.band->first));
    const double right = std::min(plot.right(), m_layout.binToPx(m_layout.band->end));
    if (right <= left)
        return;
    rect(QRectF(QPointF(left, plot.top()), QPointF(right, plot.bottom())), m_theme.selectionFill())
        ->setLayer(QStringLiteral("grid")); // bars keep their colours
    for (const double x : {left, right})
        line({x, plot.top()}, {x, plot.bottom()}, QPen(m_theme.accent(), 1.5));
}

void Drawing::marks() const
{
    const QColor color = m_layout.isOld ? m_theme.mutedText() : m_theme.text();
    for (const HistogramMark &mark : m_layout.marks) {
        line({mark.x, mark.box.top() + 1}, {mark.x, m_layout.plot.bottom()}, QPen(color, 1, Qt::DashLine));
        text(mark.text, mark.box.topLeft(), color);
    }
}

void Drawing::legend() const
{
    for (const HistogramLegendEntry &entry : m_layout.legend) {
        if (!entry.swatch.isEmpty())
            rect(entry.swatch, entry.color);
        text(entry.text, entry.box.topLeft(), entry.swatch.isEmpty() ? m_theme.mutedText() : m_theme.text());
    }
}

void Drawing::message(QSize size) const
{
    const QStringList lines
        = wrappedText(m_layout.message, QFontMetricsF(m_theme.font()), size.width() - kMessageMargin);
    QCPItemText *item
        = text(lines.join(QLatin1Char('\n')), {size.width() / 2.0, size.height() / 2.0}, m_theme.mutedText());
    item->setPositionAlignment(Qt::AlignCenter);
    item->setTextAlignment(Qt::AlignCenter);
}

} // namespace

void drawHistogram(QCustomPlot &plot, const HistogramLayout &layout, const Theme &theme, QSize size)
{
    plot.setAutoAddPlottableToLegend(false); // it is not shown, and taking its items out takes longer than all else
    plot.clearPlottables();
    plot.clearItems();
    plot.setViewport(QRect(QPoint(0, 0), size));
    plot.setBackground(theme.window());
    QCPAxisRect *axes = plot.axisRect();
    const bool empty = !layout.message.isEmpty();
    axes->setBackground(empty ? theme.window() : theme.base());
    axes->setAutoMargins(QCP::msNone);
    for (QCPAxis *axis : {plot.xAxis, plot.yAxis}) {
        axis->setVisible(!empty);
        axis->grid()->setVisible(!empty);
    }
    plot.plotLayout()->setRowSpacing(0);
    const Drawing drawing(plot, layout, theme);
    if (empty) {
        drawing.message(size);
        return;
    }
    const QRect plotRect = layout.plot.toRect();
    axes->setMargins(QMargins(
        plotRect.left(), plotRect.top(), size.width() - plotRect.right() - 1, size.height() - plotRect.bottom() - 1));
    drawing.axes();
    drawing.band();
    drawing.bars();
    drawing.marks();
    drawing.legend();
}

void buildHistogram(QCustomPlot &plot, const ChartInput &input, DurationKind of, QSize size)
{
    drawHistogram(plot, layoutHistogram(input, of, size), input.theme, size);
}

} // namespace exitscope
