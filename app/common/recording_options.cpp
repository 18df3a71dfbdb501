// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/recording_options.h"

#include <QCommandLineParser>

namespace exitscope {

namespace {

struct OptionRow {
    const char *name;
    const char *value;
    const char *description;
};

constexpr OptionRow kRows[] = {
    {"from", "TIME",
        "Begin of the range: ns on the host's trace clock, or an offset from the earliest event of the used host "
        "traces such as +3.18s, +250ms, +10us, +5ns"},
    {"to", "TIME", "End of the range, itself left out"},
    {"vcpu", "VM/N", "Only these vCPUs: VM/N. Repeatable, or separated by commas, as are the next three"},
    {"reason", "REASON", "Only exits with these reasons: a name, or isa:code (isa 1 is VMX, 2 SVM)"},
    {"scenario", "NAME", "Only exits of these scenarios: qemu, halt, interrupt, page-fault, preempted, host"},
    {"role", "PATH=host|guest", "Take the traces at PATH and below for those of a host or of a guest"},
    {"min-ns", "NS", "Only exits that took at least so long, gross"},
    {"max-ns", "NS", "Only exits that took less, gross"},
};

// Paths may hold commas: one that does not follow a role is a part of the path.
std::optional<QString> readRoles(const QStringList &values, std::map<QString, TraceRole> &roles)
{
    const QString host = QStringLiteral("=host");
    const QString guest = QStringLiteral("=guest");
    for (const QString &text : values) {
        QString pending;
        for (const QString &piece : text.split(QLatin1Char(','))) {
            pending += pending.isEmpty() ? piece : QString(QLatin1Char(',') % piece);
            const bool isHost = pending.endsWith(host);
            if (!isHost && !pending.endsWith(guest))
                continue;
            pending.chop(isHost ? host.size() : guest.size());
            if (pending.isEmpty())
                return QStringLiteral("--role needs a path before '=' in '%1'").arg(text);
            roles[pending] = isHost ? TraceRole::Host : TraceRole::Guest;
            pending.clear();
        }
        if (!pending.isEmpty() || text.isEmpty())
            return QStringLiteral("'%1' is no role; give PATH=host or PATH=guest").arg(text);
    }
    return std::nullopt;
}

} // namespace

void addRecordingOptions(QCommandLineParser &parser)
{
    for (const OptionRow &row : kRows)
        parser.addOption(
            {QString::fromUtf8(row.name), QString::fromUtf8(row.description), QString::fromUtf8(row.value)});
    QCommandLineOption reader(QStringLiteral("reader"), {}, QStringLiteral("PROGRAM"));
    reader.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOption(reader);
}

std::optional<QString> readRecordingOptions(const QCommandLineParser &parser, RecordingChoice &choice)
{
    const auto value = [&](const char *name) { return parser.value(QString::fromUtf8(name)); };
    const auto values = [&](const char *name) { return parser.values(QString::fromUtf8(name)); };
    choice.paths = parser.positionalArguments();
    for (const char *name : {"from", "to", "vcpu", "reason", "scenario", "min-ns", "max-ns", "reader"})
        if (values(name).contains(QString()))
            return QStringLiteral("--%1 needs a value").arg(QString::fromUtf8(name));
    choice.selection = {value("from"), value("to"), values("vcpu"), values("reason"), values("scenario"),
        value("min-ns"), value("max-ns")};
    choice.load.readerProgram
        = parser.isSet(QStringLiteral("reader")) ? value("reader") : qEnvironmentVariable("EXITSCOPE_READER");
    return readRoles(values("role"), choice.load.roles);
}

} // namespace exitscope
