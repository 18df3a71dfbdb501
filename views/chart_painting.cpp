// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart_painting.h"

#include <QGraphicsScene>
#include <QGuiApplication>
#include <QPaintEngine>
#include <QScreen>

#include <algorithm>
#include <cmath>

#include "views/chart/custom_plot.h"
#include "views/durations/heat_chart.h"
#include "views/durations/histogram_chart.h"
#include "views/flame/flame_chart.h"
#include "views/overview/overview_chart.h"
#include "views/timeline/timeline_chart.h"

namespace exitscope {

namespace {

constexpr double kMetrePerInch = 0.0254;
constexpr double kCaptionMargin = 6; // px on all sides
constexpr int kCaptionFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

QFont captionFont()
{
    return Theme::light().font(9); // the same in all themes
}

} // namespace

int dotsPerInch()
{
    return qRound(QGuiApplication::primaryScreen()->logicalDotsPerInch());
}

int captionHeight(const PictureOptions &options)
{
    if (options.caption.isEmpty())
        return 0;
    const QRectF room(0, 0, std::max(1.0, options.size.width() - 2 * kCaptionMargin), 1e6);
    return int(std::ceil(
        QFontMetricsF(captionFont()).boundingRect(room, kCaptionFlags, options.caption).height() + 2 * kCaptionMargin));
}

QSize chartSize(const PictureOptions &options)
{
    return {options.size.width(), std::max(1, options.size.height() - captionHeight(options))};
}

PictureLayout layOutPicture(const ChartInput &input, const PictureOptions &options)
{
    const QSize size = chartSize(options);
    switch (options.chart) {
    case ChartKind::Timeline:
        return layoutTimeline(input, size, options.timeline);
    case ChartKind::Overview:
        return layoutOverview(input, size);
    case ChartKind::Reasons:
        return {};
    case ChartKind::Runs:
        return std::make_shared<const HistogramLayout>(layoutHistogram(input, DurationKind::Run, size));
    case ChartKind::HeatMap:
        return std::make_shared<const HeatLayout>(layoutHeat(input, options.durations, size));
    case ChartKind::Flame:
        return std::make_shared<const FlameLayout>(layoutFlame(input, options.flame, size));
    case ChartKind::Durations:
        break;
    }
    return std::make_shared<const HistogramLayout>(layoutHistogram(input, options.durations, size));
}

ChartPainting::ChartPainting(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout)
    : m_theme(input.theme), m_options(options)
{
    const QSize size = chartSize(options);
    if (std::holds_alternative<std::monostate>(layout)) {
        m_pie = std::make_unique<QGraphicsScene>();
        auto *chart = new QChart; // the scene owns it
        m_pie->addItem(chart);
        buildPie(*chart, input, options.pie, size);
        m_pie->setSceneRect(QRectF(QPointF(), size));
        return;
    }
    if (const auto *flame = std::get_if<std::shared_ptr<const FlameLayout>>(&layout)) {
        m_flame = *flame;
        return;
    }
    m_plot = std::make_unique<QCustomPlot>();
    if (const auto *timeline = std::get_if<std::shared_ptr<const TimelineLayout>>(&layout))
        drawTimeline(*m_plot, *timeline, size, m_theme);
    else if (const auto *overview = std::get_if<std::shared_ptr<const OverviewLayout>>(&layout))
        drawOverview(*m_plot, *overview, size, m_theme);
    else if (const auto *heat = std::get_if<std::shared_ptr<const HeatLayout>>(&layout))
        drawHeat(*m_plot, *heat, size, m_theme);
    else
        drawHistogram(*m_plot, *std::get<std::shared_ptr<const HistogramLayout>>(layout), m_theme, size);
}

ChartPainting::~ChartPainting() = default;

void ChartPainting::paint(QPaintDevice &device, bool isVector) const
{
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmVectorized, isVector);
    const QSize size = chartSize(m_options);
    if (m_pie) {
        painter.setRenderHint(QPainter::Antialiasing);
        m_pie->render(&painter, QRectF(QPointF(), size), QRectF(QPointF(), size));
    } else if (m_flame) {
        paintFlame(painter, *m_flame, size, m_theme);
    } else {
        m_plot->toPainter(&painter, size.width(), size.height());
    }
    if (!m_options.caption.isEmpty())
        paintCaption(painter);
}

void ChartPainting::paintCaption(QPainter &painter) const
{
    const QRectF area(0, chartSize(m_options).height(), m_options.size.width(), captionHeight(m_options));
    painter.fillRect(area, m_theme.window());
    painter.setFont(captionFont());
    painter.setPen(m_theme.mutedText());
    painter.drawText(
        area.adjusted(kCaptionMargin, kCaptionMargin, -kCaptionMargin, 0), kCaptionFlags, m_options.caption);
}

BandedImage::BandedImage(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout)
    : m_painting(input, options, layout), m_background(input.theme.window()),
      m_image((QSizeF(options.size) * options.scale).toSize(), QImage::Format_RGB32)
{
    m_image.setDevicePixelRatio(options.scale);
    m_image.setDotsPerMeterX(qRound(dotsPerInch() / kMetrePerInch));
    m_image.setDotsPerMeterY(qRound(dotsPerInch() / kMetrePerInch));
}

// The whole image is painted on, clipped to the band as a window is to what has to be drawn anew: so all is rounded to
// the same pixels, however many bands there are.
void BandedImage::paintBand(int rows)
{
    if (isWhole())
        return;
    const QRect band(0, m_done, m_image.width(), std::min(m_image.height() - m_done, std::max(1, rows)));
    m_done = band.bottom() + 1;
    QImage(m_image.scanLine(band.top()), band.width(), band.height(), m_image.bytesPerLine(), m_image.format())
        .fill(m_background);
    m_image.paintEngine()->setSystemClip(band);
    m_painting.paint(m_image, false);
    m_image.paintEngine()->setSystemClip({});
}

} // namespace exitscope
