// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/picture_work.h"

#include <QElapsedTimer>

#include <algorithm>
#include <utility>

namespace exitscope {

namespace {

constexpr double kBandMs = 12; // a band should take: a picture on the screen is not late for it
constexpr int kFirstRows = 32;
constexpr int kMostRows = 4096;

} // namespace

PictureWork::PictureWork(QObject *parent)
    : QObject(parent), m_job(*this, [this](const Diagnostic &cause) {
          end(m_path.isEmpty() ? cause.message
                               : QStringLiteral("%1: the picture cannot be written: %2").arg(m_path, cause.message));
      })
{
    connect(&m_turn, &QTimer::timeout, this, &PictureWork::paintBand);
}

PictureWork::~PictureWork()
{
    m_isCancelled = true;
}

void PictureWork::paint(const ChartInput &input, const PictureOptions &options)
{
    begin(
        input, options,
        [this, input, options](const PictureLayout &layout) {
            paintInBands(
                input, options, layout,
                [this](const QImage &image) {
                    m_isBusy = false;
                    Q_EMIT painted(image);
                });
        });
}

void PictureWork::write(
    const ChartInput &input, const PictureOptions &options, const PictureFile &file, bool overwrites)
{
    m_path = file.path;
    begin(input, options, [this, input, options, file, overwrites](const PictureLayout &layout) {
        const QString title = pictureTitle(options.chart, file);
        if (file.format != PictureFormat::Png)
            return encode(DrawnPicture(input, options, layout, file.format, title), file, overwrites);
        paintInBands(input, options, layout, [this, title, file, overwrites](const QImage &image) {
            encode(DrawnPicture(image, title), file, overwrites);
        });
    });
}

void PictureWork::begin(
    const ChartInput &input, const PictureOptions &options, const std::function<void(const PictureLayout &)> &laidOut)
{
    m_turn.stop();
    m_image.reset();
    m_isBusy = true;
    m_isEncoding = false;
    m_isCancelled = false;
    m_job.start([this, input, options, laidOut, serial = ++m_serial](const std::atomic<bool> &) -> NewestJob::Finish {
        return [this, layout = layOutPicture(input, options), laidOut, serial] {
            if (serial == m_serial)
                laidOut(layout);
        };
    });
}

void PictureWork::paintInBands(
    const ChartInput &input, const PictureOptions &options, const PictureLayout &layout, Painted whole)
{
    m_image = std::make_unique<BandedImage>(input, options, layout);
    m_whole = std::move(whole);
    m_rows = kFirstRows;
    m_turn.start(0);
}

void PictureWork::paintBand()
{
    QElapsedTimer timer;
    timer.start();
    m_image->paintBand(m_rows);
    const double ms = std::max(0.01, double(timer.nsecsElapsed()) * 1e-6);
    m_rows = std::clamp(int(m_rows * std::clamp(kBandMs / ms, 0.25, 2.0)), 1, kMostRows);
    Q_EMIT progressed(m_image->share());
    if (!m_image->isWhole())
        return;
    m_turn.stop();
    const std::unique_ptr<BandedImage> image = std::move(m_image);
    std::exchange(m_whole, nullptr)(image->image());
}

void PictureWork::encode(DrawnPicture picture, const PictureFile &file, bool overwrites)
{
    m_isEncoding = true;
    m_job.start([this, picture = std::move(picture), file, overwrites, serial = m_serial](
                    const std::atomic<bool> &) -> NewestJob::Finish {
        QString error;
        writeDrawn(picture, file, overwrites, error, &m_isCancelled);
        return [this, error, serial] {
            if (serial == m_serial)
                end(error);
        };
    });
}

void PictureWork::cancel()
{
    if (!m_isBusy)
        return;
    m_isCancelled = true;
    if (m_isEncoding)
        return;
    m_turn.stop();
    m_image.reset();
    ++m_serial;
    end(notWrittenText(m_path));
}

void PictureWork::end(const QString &error)
{
    m_isBusy = m_isEncoding = false;
    Q_EMIT written(error);
}

} // namespace exitscope
