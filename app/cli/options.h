// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <variant>
#include <vector>

#include "app/common/exit_status.h"
#include "app/common/recording_options.h"
#include "model/causes/account_key.h"
#include "model/causes/folded_stacks.h"
#include "model/causes/guest_groups.h"

namespace exitscope {

enum class Command {
    Report,
    Accounts,
    Takers,
    Halts,
    Guests,
    Threads,
    Syscalls,
    Interrupts,
    Phases,
    Intervals,
    Exits,
    Events,
    Info,
    Sync
};
enum class ReportFormat { Text, Json, Csv };

struct Options : RecordingChoice {
    Command command{};
    ReportFormat format = ReportFormat::Text; // of those that have formats
    std::vector<AccountKey> keys; // of Command::Accounts
    std::optional<Measure> folded; // so too: stacks weighed by this instead of a table
    Measure sortedBy = Measure::Net; // so too: which rows come first
    std::optional<std::size_t> top; // of Command::Accounts and Events: no more rows than that
    std::optional<ThreadGroup> group; // of Command::Threads: a row of each such
    QStringList phaseFiles; // of Command::Phases: whose opening begins and ends one
    bool strict = false;
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
