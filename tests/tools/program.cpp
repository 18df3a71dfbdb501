// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/program.h"

#include <QJsonDocument>
#include <QProcess>

namespace exitscope::test {

ProgramResult runProgram(const QString &program, const QStringList &arguments)
{
    constexpr int kTimeoutMs = 240'000;
    QProcess process;
    process.start(program, arguments, QIODevice::ReadOnly);
    const bool ended = process.waitForFinished(kTimeoutMs) && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(),
        QString::fromUtf8(process.readAllStandardError())};
}

ProgramResult runCli(const QStringList &arguments)
{
    return runProgram(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"), arguments);
}

QJsonObject cliReport(const QString &path, const QStringList &filters)
{
    const ProgramResult result
        = runCli(QStringList{QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json")} + filters
            + QStringList{path});
    if (result.status != 0)
        qFatal("exitscope-cli: %s", qPrintable(result.err));
    return QJsonDocument::fromJson(result.out).object();
}

QByteArray unpacked(const QString &gzFile)
{
    const ProgramResult result = runProgram(QStringLiteral("gzip"), {QStringLiteral("-dc"), gzFile});
    if (result.status != 0)
        qFatal("gzip -dc %s: %s", qPrintable(gzFile), qPrintable(result.err));
    return result.out;
}

} // namespace exitscope::test
