// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/picture_file.h"

#include <QFileInfo>

#include <array>

#include "app/window/storage/whole_file.h"

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

bool writePicture(
    const ChartInput &input, const PictureOptions &options, const PictureFile &file, bool overwrites, QString &error)
{
    if (const std::optional<QString> wrong = pictureProblem(options, file.format)) {
        error = *wrong;
        return false;
    }
    if (!overwrites && QFileInfo::exists(file.path)) {
        error = QStringLiteral("%1: there is a file of that name").arg(file.path);
        return false;
    }
    const QString title = QString(chartTitle(options.chart) % QStringLiteral(" – ") % file.recording);
    const QByteArray picture = chartPicture(input, options, file.format, title);
    if (picture.isEmpty()) {
        error = QStringLiteral("%1: the picture cannot be drawn; there may be too little memory for its size")
                    .arg(file.path);
        return false;
    }
    return writeWhole(file.path, picture, QStringLiteral("picture"), error);
}

} // namespace exitscope
