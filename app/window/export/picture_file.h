// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart_picture.h"

namespace exitscope {

// The charts by the names that a command line and a file have for them: "timeline", "overview", …
QStringList chartNames();
QString chartName(ChartKind chart);
std::optional<ChartKind> chartOfName(const QString &name);
QString chartTitle(ChartKind chart); // "Exit reasons"
QSize defaultPictureSize(ChartKind chart); // px

struct PictureFile {
    QString path;
    PictureFormat format = PictureFormat::Png;
    QString recording; // its name, for the title in the file
};

QString pictureTitle(ChartKind chart, const PictureFile &file);
QString notWrittenText(const QString &path); // of one that was cancelled
// In any thread. As writePicture(); cancelled, it soon fails.
bool writeDrawn(
    const DrawnPicture &picture, const PictureFile &file, bool overwrites, QString &error, CancelFlag cancel = nullptr);

// The file is whole or not there. False with one line of what is wrong; what exists is only replaced if wanted.
bool writePicture(
    const ChartInput &input, const PictureOptions &options, const PictureFile &file, bool overwrites, QString &error);

} // namespace exitscope
