// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart_picture.h"

#include <QBuffer>
#include <QFileInfo>
#include <QGraphicsScene>
#include <QGuiApplication>
#include <QPageSize>
#include <QPdfWriter>
#include <QScreen>
#include <QSvgGenerator>

#include <array>
#include <cmath>
#include <cstring>

#include "views/chart/custom_plot.h"
#include "views/durations/histogram_chart.h"
#include "views/overview/overview_chart.h"
#include "views/timeline/timeline_chart.h"

namespace exitscope {

namespace {

constexpr std::array kSuffixes{"png", "svg", "pdf"};
constexpr const char *kTitle = "title-of-the-picture"; // stands for it
constexpr double kPointsPerInch = 72;
constexpr double kMetrePerInch = 0.0254;

// The layouts measured their texts at this resolution: a picture must have the same, or the texts would not fit.
int dotsPerInch()
{
    return qRound(QGuiApplication::primaryScreen()->logicalDotsPerInch());
}

constexpr double kCaptionMargin = 6; // px on all sides
constexpr int kCaptionFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

QFont captionFont()
{
    return Theme::light().font(9); // the same in all themes
}

int captionHeight(const PictureOptions &options)
{
    if (options.caption.isEmpty())
        return 0;
    const QRectF room(0, 0, std::max(1.0, options.size.width() - 2 * kCaptionMargin), 1e6);
    return int(std::ceil(
        QFontMetricsF(captionFont()).boundingRect(room, kCaptionFlags, options.caption).height() + 2 * kCaptionMargin));
}

// What the caption leaves.
QSize chartSize(const PictureOptions &options)
{
    return {options.size.width(), std::max(1, options.size.height() - captionHeight(options))};
}

void paintCaption(QPainter &painter, const Theme &theme, const PictureOptions &options)
{
    const QRectF area(0, chartSize(options).height(), options.size.width(), captionHeight(options));
    painter.fillRect(area, theme.window());
    painter.setFont(captionFont());
    painter.setPen(theme.mutedText());
    painter.drawText(area.adjusted(kCaptionMargin, kCaptionMargin, -kCaptionMargin, 0), kCaptionFlags, options.caption);
}

void paintPlot(QCPPainter &painter, const ChartInput &input, const PictureOptions &options)
{
    const QSize size = chartSize(options);
    QCustomPlot plot;
    switch (options.chart) {
    case ChartKind::Timeline:
        buildTimeline(plot, input, size, options.timeline);
        break;
    case ChartKind::Overview:
        buildOverview(plot, input, size);
        break;
    case ChartKind::Runs:
        buildHistogram(plot, input, DurationKind::Run, size);
        break;
    default:
        buildHistogram(plot, input, options.durations, size);
        break;
    }
    plot.toPainter(&painter, size.width(), size.height());
}

void paintPie(QPainter &painter, const ChartInput &input, const PictureOptions &options)
{
    QGraphicsScene scene;
    auto *chart = new QChart; // the scene owns it
    scene.addItem(chart);
    buildPie(*chart, input, options.pie, chartSize(options));
    const QRectF all(QPointF(), chartSize(options));
    scene.setSceneRect(all);
    painter.setRenderHint(QPainter::Antialiasing);
    scene.render(&painter, all, all);
}

void paint(QPaintDevice &device, const ChartInput &input, const PictureOptions &options, bool isVector)
{
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmVectorized, isVector);
    if (options.chart == ChartKind::Reasons)
        paintPie(painter, input, options);
    else
        paintPlot(painter, input, options);
    if (!options.caption.isEmpty())
        paintCaption(painter, input.theme, options);
}

QByteArray svg(const ChartInput &input, const PictureOptions &options, const QString &title)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(dotsPerInch());
    generator.setSize(options.size);
    generator.setViewBox(QRect(QPoint(), options.size));
    generator.setTitle(QString::fromLatin1(kTitle));
    generator.setDescription(QStringLiteral("Drawn by ExitScope"));
    paint(generator, input, options, true);
    // Not every version of Qt escapes a title; that of the file stands before all that is drawn.
    QByteArray picture = buffer.data();
    if (const qsizetype at = picture.indexOf(kTitle); at >= 0)
        picture.replace(at, qsizetype(std::strlen(kTitle)), title.toHtmlEscaped().toUtf8());
    return picture;
}

QByteArray pdf(const ChartInput &input, const PictureOptions &options, const QString &title)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(dotsPerInch());
    writer.setPageSize(
        QPageSize(QSizeF(options.size) * kPointsPerInch / dotsPerInch(), QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins({});
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("ExitScope"));
    paint(writer, input, options, true);
    return buffer.data();
}

} // namespace

QString pictureSuffix(PictureFormat format)
{
    return QString::fromUtf8(kSuffixes[std::size_t(format)]);
}

std::optional<PictureFormat> pictureFormatOf(const QString &fileName)
{
    const QString suffix = QFileInfo(fileName).suffix();
    for (int i = 0; i < kPictureFormats; ++i)
        if (suffix.compare(pictureSuffix(PictureFormat(i)), Qt::CaseInsensitive) == 0)
            return PictureFormat(i);
    return std::nullopt;
}

std::optional<QString> pictureProblem(const PictureOptions &options, PictureFormat format)
{
    const auto fits = [](int side) { return side >= PictureOptions::kLeastSide && side <= PictureOptions::kMostSide; };
    const QString size
        = QStringLiteral("%1x%2").arg(QString::number(options.size.width()), QString::number(options.size.height()));
    if (!fits(options.size.width()) || !fits(options.size.height()))
        return QStringLiteral("a picture of %1 cannot be made; give a width and a height from %2 to %3")
            .arg(size)
            .arg(PictureOptions::kLeastSide)
            .arg(PictureOptions::kMostSide);
    if (chartSize(options).height() < PictureOptions::kLeastSide)
        return QStringLiteral("a picture of %1 has no room for its caption; make it larger or leave the caption out")
            .arg(size);
    if (format != PictureFormat::Png)
        return std::nullopt;
    const double pixels = double(options.size.width()) * options.size.height() * options.scale * options.scale;
    if (!(options.scale >= 0.25) || !(options.scale <= 16) || !(pixels <= PictureOptions::kMostPixels))
        return QStringLiteral(
            "a PNG of %1 at scale %2 cannot be made; the scale goes from 0.25 to 16, and there are at "
            "most %3 million pixels")
            .arg(size)
            .arg(options.scale)
            .arg(PictureOptions::kMostPixels / 1e6);
    return std::nullopt;
}

QSize readableSize(const ChartInput &input, const PictureOptions &options)
{
    if (options.chart != ChartKind::Timeline)
        return options.size;
    const int rows = readableHeight(input, options.size.width(), options.timeline, *exitsOf(input).all());
    const int height = std::min(rows + captionHeight(options), PictureOptions::kMostSide);
    return options.size.expandedTo({0, height});
}

QImage chartImage(const ChartInput &input, const PictureOptions &options)
{
    QImage image((QSizeF(options.size) * options.scale).toSize(), QImage::Format_RGB32);
    image.fill(input.theme.window());
    image.setDevicePixelRatio(options.scale);
    image.setDotsPerMeterX(qRound(dotsPerInch() / kMetrePerInch));
    image.setDotsPerMeterY(qRound(dotsPerInch() / kMetrePerInch));
    paint(image, input, options, false);
    return image;
}

DrawnPicture::DrawnPicture(
    const ChartInput &input, const PictureOptions &options, PictureFormat format, const QString &title)
{
    switch (format) {
    case PictureFormat::Svg:
        m_vectors = svg(input, options, title);
        break;
    case PictureFormat::Pdf:
        m_vectors = pdf(input, options, title);
        break;
    case PictureFormat::Png:
        m_image = chartImage(input, options);
        m_image.setText(QStringLiteral("Title"), title);
        m_image.setText(QStringLiteral("Software"), QStringLiteral("ExitScope"));
        break;
    }
}

QByteArray DrawnPicture::encoded() const
{
    if (m_image.isNull())
        return m_vectors;
    QBuffer buffer;
    m_image.save(&buffer, "PNG");
    return buffer.data();
}

} // namespace exitscope
