// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <utility>
#include <variant>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/statistics/selection_parser.h"
#include "model/trace/load.h"

namespace exitscope {

enum class ExitStatus { Success = 0, Usage = 1, NothingReadable = 2, DataLost = 3 };

enum class Command { Report, Intervals, Exits, Info, Sync };
enum class ReportFormat { Text, Json, Csv };

struct Options {
    Command command{};
    ReportFormat format = ReportFormat::Text; // of Command::Report
    bool strict = false;
    SelectionTexts selection;
    LoadOptions load;
    std::vector<std::pair<QString, ClockLine>> maps; // of Command::Sync: of the guest trace at or below a path
    QStringList paths;
};

// Said instead of doing anything: help (Success), or what is wrong with the command line (Usage).
struct Answer {
    ExitStatus status{};
    QString text;
};

// `arguments` without the program's name.
std::variant<Options, Answer> parseOptions(const QStringList &arguments);

QString commandName(Command command); // "report"

} // namespace exitscope
