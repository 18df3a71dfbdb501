// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace exitscope::test {

struct ProgramResult {
    int status = -1; // -1: did not start, crashed or hung
    QByteArray out;
    QString err;
};

ProgramResult runProgram(const QString &program, const QStringList &arguments);
ProgramResult runCli(const QStringList &arguments); // the exitscope-cli that was built
// Its report of the path, with those filters; ends the test program if there is none.
QJsonObject cliReport(const QString &path, const QStringList &filters);
QByteArray unpacked(const QString &gzFile); // ends the test program if it cannot be

} // namespace exitscope::test
