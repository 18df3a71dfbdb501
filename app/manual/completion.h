// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace exitscope {

// A row of a table of options in the manual, for each option in its first cell.
struct ManualOption {
    QString name; // "--from"
    QString value; // "TIME"; empty if it takes none
    QString of; // "all but sync"
    QString meaning; // Markdown
};

// Of the program `exitscope`, and of a command of exitscope-cli.
QList<ManualOption> windowOptions();
QList<ManualOption> commandOptions(const QString &command);
// What can stand behind an option: the names of reasons, or what its meaning names in code, `light`.
QStringList valuesOf(const ManualOption &option);
QStringList manualCommands(); // without help

// What bash completes behind a program, "exitscope" or "exitscope-cli": a script. Others: empty.
QString bashCompletion(const QString &program);

} // namespace exitscope
