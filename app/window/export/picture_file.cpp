// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/picture_file.h"

#include <array>
#include <exception>

#include "app/window/storage/whole_file.h"
#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

struct ChartRow {
    ChartKind chart;
    const char *name;
    const char *title;
    QSize size;
};

constexpr std::array kCharts{
    ChartRow{ChartKind::Timeline, "timeline", "Timeline", {1600, 600}},
    ChartRow{ChartKind::Overview, "overview", "Overview", {1600, 160}},
    ChartRow{ChartKind::Reasons, "reasons", "Exit reasons", {800, 500}},
    ChartRow{ChartKind::Durations, "durations", "Durations of exits", {1000, 500}},
    ChartRow{ChartKind::Runs, "runs", "Runs of the guest", {1000, 500}},
    ChartRow{ChartKind::HeatMap, "heatmap", "Durations over time", {1000, 500}},
    ChartRow{ChartKind::Flame, "flame", "Flame graph", {1600, 160}},
};

const ChartRow &rowOf(ChartKind chart)
{
    return kCharts[std::size_t(chart)];
}

} // namespace

QStringList chartNames()
{
    QStringList names;
    for (const ChartRow &row : kCharts)
        names << QString::fromUtf8(row.name);
    return names;
}

QString chartName(ChartKind chart)
{
    return QString::fromUtf8(rowOf(chart).name);
}

std::optional<ChartKind> chartOfName(const QString &name)
{
    for (const ChartRow &row : kCharts)
        if (name == QString::fromUtf8(row.name))
            return row.chart;
    return std::nullopt;
}

QString chartTitle(ChartKind chart)
{
    return QString::fromUtf8(rowOf(chart).title);
}

QSize defaultPictureSize(ChartKind chart)
{
    return rowOf(chart).size;
}

QString pictureTitle(ChartKind chart, const PictureFile &file)
{
    return QString(chartTitle(chart) % QStringLiteral(" – ") % file.recording);
}

QString notWrittenText(const QString &path)
{
    return QStringLiteral("%1: the picture is not written: it was cancelled").arg(path);
}

bool writeDrawn(
    const DrawnPicture &picture, const PictureFile &file, bool overwrites, QString &error, CancelFlag cancel)
try {
    const QByteArray content = picture.encoded(cancel);
    if (isCancelled(cancel)) {
        error = notWrittenText(file.path);
        return false;
    }
    if (content.isEmpty()) {
        error = QStringLiteral("%1: the picture cannot be drawn; there may be too little memory for its size")
                    .arg(file.path);
        return false;
    }
    const QString what = QStringLiteral("picture");
    return overwrites ? writeWhole(file.path, content, what, error) : writeWholeNew(file.path, content, what, error);
} catch (const std::exception &cause) { // in a thread of its own it would end the program
    error = QStringLiteral("%1: the picture cannot be written: %2").arg(file.path, diagnosticOf(cause).message);
    return false;
}

bool writePicture(
    const ChartInput &input, const PictureOptions &options, const PictureFile &file, bool overwrites, QString &error)
{
    if (const std::optional<QString> wrong = pictureProblem(options, file.format)) {
        error = *wrong;
        return false;
    }
    const QString title = pictureTitle(options.chart, file);
    const DrawnPicture picture = file.format == PictureFormat::Png
        ? DrawnPicture(chartImage(input, options), title)
        : DrawnPicture(input, options, layOutPicture(input, options), file.format, title);
    return writeDrawn(picture, file, overwrites, error);
}

} // namespace exitscope
