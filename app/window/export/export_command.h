// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <variant>

#include "app/common/exit_status.h"
#include "app/common/recording_options.h"
#include "views/chart_picture.h"

namespace exitscope {

// What the window's program takes of the options that all programs share.
inline constexpr RecordingOptions kWindowOptions{.selection = true, .maps = true, .places = true, .symbols = true};

// `exitscope --export CHART --output FILE …`: a chart as the window draws it, without a window.
struct ExportRequest : RecordingChoice {
    PictureOptions picture;
    bool isOfThreads = false; // a timeline with all threads of the guests
    PictureFormat format = PictureFormat::Png;
    QString output;
    bool isDark = false;
    Measure measure = Measure::Count;
    bool hasSize = false; // --size was given: it is kept, whatever a chart needs
    bool hasCaption = false;
    bool overwrites = false; // what exists under that name
};

void addExportOptions(QCommandLineParser &parser);
bool wantsExport(const QCommandLineParser &parser);
// The request, or one line of what is wrong with the command line. `theme`: the value of --theme, empty if not given.
std::variant<ExportRequest, QString> readExportOptions(const QCommandLineParser &parser, const QString &theme);

// Blocks; needs a QGuiApplication. What went wrong is said on `err`.
ExitStatus runExport(const ExportRequest &request, std::FILE *err);

} // namespace exitscope
