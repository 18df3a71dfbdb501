// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>

#include "model/statistics/selection_parser.h"
#include "model/trace/load.h"

class QCommandLineParser;

namespace exitscope {

// Which traces a command line is about, and what of them.
struct RecordingChoice {
    SelectionTexts selection;
    LoadOptions load;
    QStringList paths;
};

// The options that all programs share: --from … --max-ns, --role, --reader, and the paths.
void addRecordingOptions(QCommandLineParser &parser);

// One line of what is wrong, if anything is. No path at all is left to the caller.
std::optional<QString> readRecordingOptions(const QCommandLineParser &parser, RecordingChoice &choice);

} // namespace exitscope
