// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <array>
#include <optional>

namespace exitscope {

namespace {

struct CommandRow {
    Command command;
    const char *name;
    const char *summary;
    const char *details;
};

constexpr std::array kCommands{
    CommandRow{Command::Report, "report", "What each vCPU did, why it left guest mode, and what that cost",
        "Prints a report as text, JSON (schema exitscope-report/1) or CSV (a row per vCPU and exit reason)."},
    CommandRow{Command::Intervals, "intervals", "The states of each vCPU as CSV",
        "Prints vm,vcpu,begin_ns,end_ns,state,pcpu. The range cuts intervals; filters by reason, scenario and duration "
        "do not touch states."},
    CommandRow{Command::Exits, "exits", "Every VM exit as CSV", "Prints a row per VM exit, ordered by time, VM, vCPU."},
    CommandRow{Command::Info, "info", "What was found, what it allows, and how to record what is missing",
        "Prints the traces below the paths and what they hold."},
};

QString generalHelp()
{
    QString text = QStringLiteral("Usage: exitscope-cli COMMAND [options] PATH...\n"
                                  "Shows where virtualization costs time, from kernel traces of a KVM host.\n\n"
                                  "Commands:\n");
    for (const CommandRow &row : kCommands)
        text += QStringLiteral("  %1 %2\n").arg(QString::fromUtf8(row.name), -10).arg(QString::fromUtf8(row.summary));
    text += QStringLiteral("\nA PATH is a trace, or a directory with traces somewhere below.\n"
                           "'exitscope-cli COMMAND --help' lists a command's options.\n\n"
                           "Exit status: 0 success; 1 wrong usage; 2 nothing readable; 3 with --strict where data "
                           "was lost.\n");
    return text;
}

Answer usageError(const QString &problem, const QString &command = {})
{
    const QString help = command.isEmpty() ? QString() : QString(command % QLatin1Char(' '));
    return {ExitStatus::Usage, QStringLiteral("exitscope-cli: %1 (try 'exitscope-cli %2--help')\n").arg(problem, help)};
}

class CommandParser {
public:
    explicit CommandParser(const CommandRow &command);
    std::variant<Options, Answer> parse(const QStringList &arguments);

private:
    void addOption(const char *name, const char *description, const char *value = nullptr);
    QString value(const char *name) const { return m_parser.value(QString::fromUtf8(name)); }
    QStringList values(const char *name) const { return m_parser.values(QString::fromUtf8(name)); }
    bool isSet(const char *name) const { return m_parser.isSet(QString::fromUtf8(name)); }
    QString help() const;
    std::optional<QString> problem();
    std::optional<QString> readFormat();
    std::optional<QString> readRoles();

    const CommandRow &m_command;
    QCommandLineParser m_parser;
    Options m_options;
};

CommandParser::CommandParser(const CommandRow &command) : m_command(command)
{
    m_options.command = command.command;
    m_parser.setApplicationDescription(QString::fromUtf8(command.details));
    m_parser.addPositionalArgument(QStringLiteral("PATH"),
        QStringLiteral("A trace, or a directory with traces somewhere below."), QStringLiteral("PATH..."));
    if (command.command == Command::Report)
        addOption("format", "text (if not given), json or csv", "FORMAT");
    addOption("strict",
        "Exit with status 3 where data was lost: lost events, streams that could not be read whole, "
        "contradictions");
    addOption("from",
        "Begin of the range: ns on the host's trace clock, or an offset from the earliest event of the used host "
        "traces such as +3.18s, +250ms, +10us, +5ns",
        "TIME");
    addOption("to", "End of the range, itself left out", "TIME");
    addOption("vcpu", "Only these vCPUs: VM/N. Repeatable, or separated by commas, as are the next three", "VM/N");
    addOption("reason", "Only exits with these reasons: a name, or isa:code (isa 1 is VMX, 2 SVM)", "REASON");
    addOption("scenario", "Only exits of these scenarios: qemu, halt, interrupt, page-fault, preempted, host", "NAME");
    addOption("role", "Take the traces at PATH and below for those of a host or of a guest", "PATH=host|guest");
    addOption("join",
        "The traces at PATH and below are of one host, with those of every other --join, whatever they say themselves",
        "PATH");
    addOption("min-ns", "Only exits that took at least so long, gross", "NS");
    addOption("max-ns", "Only exits that took less, gross", "NS");
    m_parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Print this")});
    QCommandLineOption reader(QStringLiteral("reader"), {}, QStringLiteral("PROGRAM"));
    reader.setFlags(QCommandLineOption::HiddenFromHelp);
    m_parser.addOption(reader);
}

void CommandParser::addOption(const char *name, const char *description, const char *value)
{
    m_parser.addOption({QString::fromUtf8(name), QString::fromUtf8(description), QString::fromUtf8(value)});
}

std::variant<Options, Answer> CommandParser::parse(const QStringList &arguments)
{
    // The parser expects the program's name first.
    const bool understood = m_parser.parse(QStringList(QStringLiteral("exitscope-cli")) + arguments);
    if (understood && isSet("help"))
        return Answer{ExitStatus::Success, help()};
    const std::optional<QString> wrong = understood ? problem() : m_parser.errorText();
    if (wrong)
        return usageError(*wrong, QString::fromUtf8(m_command.name));
    return m_options;
}

// The parser's own first line knows nothing of commands.
QString CommandParser::help() const
{
    const QString text = m_parser.helpText();
    return QStringLiteral("Usage: exitscope-cli %1 [options] PATH...").arg(QString::fromUtf8(m_command.name))
        % text.mid(text.indexOf(QLatin1Char('\n')));
}

std::optional<QString> CommandParser::problem()
{
    m_options.paths = m_parser.positionalArguments();
    if (m_options.paths.isEmpty())
        return QStringLiteral("no PATH was given");
    for (const char *name : {"from", "to", "vcpu", "reason", "scenario", "min-ns", "max-ns", "join", "reader"}) {
        if (values(name).contains(QString()))
            return QStringLiteral("--%1 needs a value").arg(QString::fromUtf8(name));
    }
    m_options.strict = isSet("strict");
    m_options.selection = {value("from"), value("to"), values("vcpu"), values("reason"), values("scenario"),
        value("min-ns"), value("max-ns")};
    m_options.load.joined = values("join");
    m_options.load.readerProgram = isSet("reader") ? value("reader") : qEnvironmentVariable("EXITSCOPE_READER");
    if (const std::optional<QString> wrong = readFormat())
        return wrong;
    return readRoles();
}

std::optional<QString> CommandParser::readFormat()
{
    if (m_command.command != Command::Report || !isSet("format"))
        return std::nullopt;
    const QString format = value("format");
    const qsizetype index
        = QStringList{QStringLiteral("text"), QStringLiteral("json"), QStringLiteral("csv")}.indexOf(format);
    if (index < 0)
        return QStringLiteral("there is no format '%1'; there are: text, json, csv").arg(format);
    m_options.format = static_cast<ReportFormat>(index);
    return std::nullopt;
}

// Paths may hold commas: one that does not follow a role is a part of the path.
std::optional<QString> CommandParser::readRoles()
{
    const QString host = QStringLiteral("=host");
    const QString guest = QStringLiteral("=guest");
    for (const QString &text : values("role")) {
        QString pending;
        for (const QString &piece : text.split(QLatin1Char(','))) {
            pending += pending.isEmpty() ? piece : QString(QLatin1Char(',') % piece);
            const bool isHost = pending.endsWith(host);
            if (!isHost && !pending.endsWith(guest))
                continue;
            pending.chop(isHost ? host.size() : guest.size());
            if (pending.isEmpty())
                return QStringLiteral("--role needs a path before '=' in '%1'").arg(text);
            m_options.load.roles[pending] = isHost ? TraceRole::Host : TraceRole::Guest;
            pending.clear();
        }
        if (!pending.isEmpty() || text.isEmpty())
            return QStringLiteral("'%1' is no role; give PATH=host or PATH=guest").arg(text);
    }
    return std::nullopt;
}

} // namespace

QString commandName(Command command)
{
    return QString::fromUtf8(kCommands[static_cast<std::size_t>(command)].name);
}

std::variant<Options, Answer> parseOptions(const QStringList &arguments)
{
    if (arguments.isEmpty())
        return usageError(QStringLiteral("no command was given"));
    const QString &first = arguments.first();
    if (first == QLatin1String("--help") || first == QLatin1String("-h") || first == QLatin1String("help"))
        return Answer{ExitStatus::Success, generalHelp()};
    if (first == QLatin1String("--version"))
        return Answer{
            ExitStatus::Success, QStringLiteral("exitscope-cli %1\n").arg(QCoreApplication::applicationVersion())};
    for (const CommandRow &row : kCommands) {
        if (first == QString::fromUtf8(row.name))
            return CommandParser(row).parse(arguments.mid(1));
    }
    return usageError(QStringLiteral("there is no command '%1'; there are: report, intervals, exits, info").arg(first));
}

} // namespace exitscope
