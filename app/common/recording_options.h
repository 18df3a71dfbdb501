// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/load/load.h"
#include "model/statistics/selection_parser.h"

class QCommandLineParser;

namespace exitscope {

// Which traces a command line is about, and what of them.
struct RecordingChoice {
    SelectionTexts selection;
    LoadOptions load;
    std::vector<std::pair<QString, ClockLine>> maps; // of the guest trace at or below a path
    QStringList symbols; // of guests' kernels: "VM=FILE", see givenSymbols()
    QStringList symbolNames; // only exits in these
    ExitFilters guests; // only its threads, processes, syscalls and contexts
    QStringList paths;
};

// What a program takes beside the paths, --role, --join and --reader.
struct RecordingOptions {
    bool selection = true; // --vcpu … --max-ns
    bool range = true; // --from, --to
    bool maps = false; // --map
    bool places = false; // --address, --pcpu, --symbol, what exits touched, and what they interrupted
    bool symbols = false; // --symbols
};

void addRecordingOptions(QCommandLineParser &parser, const RecordingOptions &wanted);

// One line of what is wrong, if anything is. No path at all is left to the caller.
std::optional<QString> readRecordingOptions(
    const QCommandLineParser &parser, const RecordingOptions &wanted, RecordingChoice &choice);

} // namespace exitscope
