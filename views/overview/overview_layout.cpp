// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overview_layout.h"

#include <QFontMetricsF>

#include <numeric>

namespace exitscope {

namespace {

constexpr double kLeft = 58;
constexpr double kRight = 14;
constexpr double kPixelsPerBin = 2;
constexpr double kSwatch = 10;
constexpr int kLegendFrom = 150; // px of height
constexpr double kTwoTicksFrom = 36; // px of height of the bars

QRectF rectOf(const OverviewLayout &layout, TimeRange range, double least)
{
    const QRectF &plot = layout.plot;
    const double left = std::clamp(layout.scale.timeToPx(range.from), plot.left(), plot.right());
    const double right = std::clamp(layout.scale.timeToPx(range.to), plot.left(), plot.right());
    const double wider = std::max(0.0, least - (right - left)) / 2;
    const double from = std::clamp(left - wider, plot.left(), std::max(plot.left(), plot.right() - least));
    return {from, plot.top(), std::max(least, right - left), plot.height()};
}

class OverviewBuilder {
public:
    OverviewBuilder(const ChartInput &input, QSize size, const ExitRate &rate)
        : m_input(input), m_size(size), m_rate(rate), m_metrics(input.theme.font(9))
    {
    }
    OverviewLayout build();

private:
    void placePlot();
    void addRateTicks();
    void addBars();
    void addLegend();
    double lineHeight() const { return m_metrics.height() + 4; }

    const ChartInput &m_input;
    QSize m_size;
    const ExitRate &m_rate;
    QFontMetricsF m_metrics;
    std::vector<std::uint16_t> m_order; // reasons with exits, the most frequent first
    OverviewLayout m_layout;
};

void OverviewBuilder::placePlot()
{
    const bool tall = m_size.height() >= kLegendFrom;
    m_layout.hasTitle = tall;
    const double top = tall ? std::ceil(lineHeight() + 6) : 6;
    const double bottom = std::ceil(m_metrics.height() * (tall ? 2 : 1) + (tall ? 14 : 9));
    m_layout.plot = QRectF(kLeft, top, std::max(1.0, std::floor(m_size.width() - kLeft - kRight)),
        std::max(1.0, std::floor(m_size.height() - top - bottom)));
    m_layout.scale = {m_rate.range, m_layout.plot.left(), m_layout.plot.width()};
    m_layout.ticks = timeTicks({0, m_rate.range.length()}, m_layout.plot.width(), 90);
}

void OverviewBuilder::addRateTicks()
{
    m_layout.highest = std::max(m_rate.highest() * 1.05, 1.0);
    const double height = m_layout.plot.height();
    const double wanted = std::max(height >= kTwoTicksFrom ? 2.0 : 1.0, height / 28);
    const double least = m_layout.highest / wanted;
    const double magnitude = std::pow(10.0, std::floor(std::log10(least)));
    // A label above this would be cut at the border, and would not be drawn.
    const double cut = std::max(0.0, std::ceil(m_metrics.height() / 2) + 1 - m_layout.plot.top());
    const double reach = m_layout.highest * (1 - cut / height);
    double step = magnitude / 2;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        if (step >= least || magnitude * factor > reach)
            break; // a number beside 0 is needed to read the bars
        step = magnitude * factor;
    }
    for (int i = 0; i * step <= m_layout.highest; ++i) {
        m_layout.rateTicks.push_back(i * step);
        m_layout.rateLabels.push_back(i * step <= reach ? formatShort(i * step) : QString());
    }
}

void OverviewBuilder::addBars()
{
    const QRectF &plot = m_layout.plot;
    std::vector<BarRect> open(m_rate.reasons); // what may go on in the next bin
    const auto flush = [&](BarRect &bar) {
        if (bar.rect.height() > 0)
            m_layout.bars.push_back(bar);
        bar.rect = {};
    };
    for (int bin = 0; bin < m_rate.bins; ++bin) {
        const double left = std::round(plot.left() + plot.width() * bin / m_rate.bins);
        const double right = std::round(plot.left() + plot.width() * (bin + 1) / m_rate.bins);
        std::int64_t sum = 0;
        double bottom = plot.bottom();
        for (const std::uint16_t reason : m_order) {
            if (m_rate.count(bin, reason) == 0)
                continue;
            sum += m_rate.count(bin, reason);
            double top = plot.bottom() - std::round(plot.height() * m_rate.perSecond(bin, sum) / m_layout.highest);
            top = std::min(top, plot.bottom() - 1); // a single exit is to be seen too
            BarRect &bar = open[reason];
            if (bar.rect.right() == left && bar.rect.top() == top && bar.rect.bottom() == bottom) {
                bar.rect.setRight(right);
            } else {
                flush(bar);
                bar = {QRectF(left, top, right - left, bottom - top), reason};
            }
            bottom = top;
        }
    }
    for (BarRect &bar : open)
        flush(bar);
}

void OverviewBuilder::addLegend()
{
    double x = m_layout.plot.left();
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        const QString &name = m_input.recording->reasons[m_order[i]].name;
        const QString rest = QStringLiteral("+ ") % QString::number(m_order.size() - i) % QStringLiteral(" more");
        const double width = m_metrics.horizontalAdvance(name) + 1;
        const double after = i + 1 < m_order.size() ? m_metrics.horizontalAdvance(rest) + 12 : 0;
        if (x + kSwatch + 4 + width + after > m_layout.plot.right()) {
            m_layout.legend.push_back({{}, QRectF(x, 3, m_metrics.horizontalAdvance(rest) + 1, lineHeight()), rest, 0});
            return;
        }
        const QRectF swatch(x, std::round(3 + (lineHeight() - kSwatch) / 2), kSwatch, kSwatch);
        m_layout.legend.push_back({swatch, QRectF(x + kSwatch + 4, 3, width, lineHeight()), name, m_order[i]});
        x = m_layout.legend.back().rect.right() + 12;
    }
}

OverviewLayout OverviewBuilder::build()
{
    m_layout.recording = m_input.recording;
    m_layout.begin = m_rate.range.from;
    placePlot();
    std::vector<std::int64_t> counts(m_rate.reasons);
    for (std::size_t i = 0; i < m_rate.counts.size(); ++i)
        counts[i % m_rate.reasons] += m_rate.counts[i];
    for (std::size_t reason = 0; reason < counts.size(); ++reason)
        if (counts[reason] > 0)
            m_order.push_back(std::uint16_t(reason));
    std::ranges::stable_sort(m_order, std::greater(), [&](std::uint16_t r) { return counts[r]; });
    addRateTicks();
    addBars();
    if (m_layout.hasTitle)
        addLegend();
    placeWindow(m_layout, m_input.values);
    if (m_order.empty())
        m_layout.message = m_input.recording->reasons.size() == 0 ? QStringLiteral("This recording has no VM exits.")
                                                                  : QStringLiteral("No exits pass the filters.");
    return std::move(m_layout);
}

} // namespace

OverviewLayout::Hit OverviewLayout::hit(const QPointF &pos) const
{
    // In a narrow window the middle moves it, and its edges are outside.
    const double inner = std::min(kEdge, window.width() / 4);
    const double x = pos.x();
    if (x < window.left() - kEdge || x > window.right() + kEdge)
        return Hit::Outside;
    if (x <= window.left() + inner)
        return Hit::LeftEdge;
    return x >= window.right() - inner ? Hit::RightEdge : Hit::Window;
}

int overviewBins(QSize size)
{
    return std::max(1, int((size.width() - kLeft - kRight) / kPixelsPerBin));
}

void placeWindow(OverviewLayout &layout, const ViewValues &values)
{
    layout.window = rectOf(layout, values.visible, 3);
    layout.selected = values.selected ? rectOf(layout, *values.selected, 1) : QRectF();
}

OverviewLayout layoutOverview(const ChartInput &input, QSize size, const ExitRate &rate)
{
    return OverviewBuilder(input, size, rate).build();
}

QString formatShort(double number)
{
    if (number >= 1e6)
        return QString::number(number / 1e6, 'g', 3) % QLatin1Char('M');
    if (number >= 1e4)
        return QString::number(number / 1e3, 'g', 3) % QLatin1Char('k');
    return QString::number(number, 'g', 4);
}

} // namespace exitscope
