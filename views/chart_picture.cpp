// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart_picture.h"

#include <QBuffer>
#include <QFileInfo>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <array>
#include <cstring>
#include <limits>
#include <utility>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "views/chart_painting.h"
#include "views/timeline/timeline_chart.h"

namespace exitscope {

namespace {

constexpr std::array kSuffixes{"png", "svg", "pdf"};
constexpr const char *kTitle = "title-of-the-picture"; // stands for it
constexpr double kPointsPerInch = 72;

// Takes no more once it is cancelled, which ends who writes into it.
class StoppableBuffer : public QIODevice {
public:
    explicit StoppableBuffer(CancelFlag cancel) : m_cancel(cancel) { open(QIODevice::WriteOnly); }
    const QByteArray &content() const { return m_content; }

protected:
    qint64 readData(char *, qint64) override { return -1; }
    qint64 writeData(const char *data, qint64 size) override
    {
        if (isCancelled(m_cancel))
            return -1;
        m_content.append(data, size);
        return size;
    }

private:
    CancelFlag m_cancel;
    QByteArray m_content;
};

// Qt does not free its list of the rows (8 bytes each) where writing ends early. That is not what a sanitizer looks
// for.
struct QtsLeak {
#ifdef __SANITIZE_ADDRESS__
    QtsLeak()
    {
        __lsan_disable();
    }
    ~QtsLeak()
    {
        __lsan_enable();
    }
    QtsLeak(const QtsLeak &) = delete;
    QtsLeak &operator=(const QtsLeak &) = delete;
#else
    QtsLeak() { }
#endif
};

void paint(QPaintDevice &device, const ChartInput &input, const PictureOptions &options, const PictureLayout &layout)
{
    ChartPainting(input, options, layout).paint(device, true);
}

QByteArray svg(
    const ChartInput &input, const PictureOptions &options, const PictureLayout &layout, const QString &title)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(dotsPerInch());
    generator.setSize(options.size);
    generator.setViewBox(QRect(QPoint(), options.size));
    generator.setTitle(QString::fromLatin1(kTitle));
    generator.setDescription(QStringLiteral("Drawn by ExitScope"));
    paint(generator, input, options, layout);
    // Not every version of Qt escapes a title; that of the file stands before all that is drawn.
    QByteArray picture = buffer.data();
    if (const qsizetype at = picture.indexOf(kTitle); at >= 0)
        picture.replace(at, qsizetype(std::strlen(kTitle)), title.toHtmlEscaped().toUtf8());
    return picture;
}

QByteArray pdf(
    const ChartInput &input, const PictureOptions &options, const PictureLayout &layout, const QString &title)
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
    paint(writer, input, options, layout);
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
    BandedImage image(input, options, layOutPicture(input, options));
    image.paintBand(std::numeric_limits<int>::max() / 2);
    return image.image();
}

DrawnPicture::DrawnPicture(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout,
    PictureFormat format, const QString &title)
    : m_vectors(format == PictureFormat::Pdf ? pdf(input, options, layout, title) : svg(input, options, layout, title))
{
}

DrawnPicture::DrawnPicture(QImage image, const QString &title) : m_image(std::move(image))
{
    m_image.setText(QStringLiteral("Title"), title);
    m_image.setText(QStringLiteral("Software"), QStringLiteral("ExitScope"));
}

QByteArray DrawnPicture::encoded(CancelFlag cancel) const
{
    if (m_image.isNull())
        return m_vectors;
    StoppableBuffer buffer(cancel);
    const QtsLeak leak;
    return m_image.save(&buffer, "PNG") ? buffer.content() : QByteArray();
}

QByteArray chartPicture(
    const ChartInput &input, const PictureOptions &options, PictureFormat format, const QString &title)
{
    if (format == PictureFormat::Png)
        return DrawnPicture(chartImage(input, options), title).encoded();
    return DrawnPicture(input, options, layOutPicture(input, options), format, title).encoded();
}

} // namespace exitscope
