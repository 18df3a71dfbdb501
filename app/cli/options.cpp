// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <array>
#include <optional>

#include "app/cli/help.h"
#include "app/manual/manual.h"
#include "app/manual/terminal_page.h"

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
        "Prints a report as text, JSON (schema exitscope-report/2; without guests its part exitscope-report/1) or CSV "
        "(a row per vCPU and exit reason)."},
    CommandRow{Command::Accounts, "accounts", "The exits grouped by what they have in common",
        "Prints a row for each list of values that exits have for the keys, dearest first: as text, JSON (schema "
        "exitscope-accounts/1) or CSV."},
    CommandRow{Command::Takers, "takers", "Who ran where preempted vCPUs waited for a pCPU",
        "Prints the preempted time of each vCPU by the threads that had the pCPU, most time first: as text, JSON "
        "(schema exitscope-takers/1) or CSV. The range cuts it; filters by reason, scenario and duration do not touch "
        "it."},
    CommandRow{Command::Halts, "halts", "How halts were polled, slept and woken, and what other polling would do",
        "Prints a row for each vCPU that halts: as text, JSON (schema exitscope-halts/1) or CSV."},
    CommandRow{Command::Guests, "guests", "What was found of each guest: its VM, its clock, what it records",
        "Prints each guest's trace, what its clock is worth, what it holds, and of how many exits it is certain what "
        "they interrupted: as text, JSON (schema exitscope-guests/1) or CSV. All filters touch the exits."},
    CommandRow{Command::Threads, "threads", "What the threads of guests got of their vCPUs, and what they lost",
        "Prints a row for each thread of a guest whose clock is sure, most lost first: as text, JSON (schema "
        "exitscope-threads/1) or CSV. The range cuts times; filters by reason, scenario, duration and the like touch "
        "only the exits."},
    CommandRow{Command::Syscalls, "syscalls", "How often guests made which system calls, and what these took and lost",
        "Prints a row for each system call of a guest whose clock is sure, most lost first: as text, JSON (schema "
        "exitscope-syscalls/1) or CSV. The range cuts times; filters by reason, scenario, duration and the like touch "
        "only the exits."},
    CommandRow{Command::Interrupts, "interrupts",
        "How often guests handled which interrupts, and what these took and lost",
        "Prints a row for each hard interrupt and softirq of a guest whose clock is sure, most lost first: as text, "
        "JSON (schema exitscope-interrupts/1) or CSV. The range cuts times; filters by reason, scenario, duration and "
        "the like touch only the exits."},
    CommandRow{Command::Phases, "phases", "The phases of a workload, by marks in the traces, and what each lost",
        "Prints a row for each phase that marks in the traces begin and end; of repeated ones the one that lost "
        "most first: as text, JSON (schema exitscope-phases/1) or CSV. The range cuts what phases had; filters by "
        "reason, scenario, duration and the like touch only the exits."},
    CommandRow{Command::Intervals, "intervals", "The states of each vCPU as CSV",
        "Prints vm,vcpu,begin_ns,end_ns,state,pcpu. The range cuts intervals; filters by reason, scenario and duration "
        "do not touch states."},
    CommandRow{Command::Exits, "exits", "Every VM exit as CSV", "Prints a row per VM exit, ordered by time, VM, vCPU."},
    CommandRow{Command::Events, "events", "The events of host and guests in a range, with all their fields",
        "Prints the events of the host's and the guests' traces, read again from the traces for that range only: as "
        "text, "
        "JSON (schema exitscope-events/1) or CSV. Guests are put on the host's clock first."},
    CommandRow{Command::Info, "info", "What was found, what it allows, and how to record what is missing",
        "Prints the traces below the paths and what they hold."},
    CommandRow{Command::Sync, "sync", "The maps from the guests' clocks to their hosts', and how sure they are",
        "Prints a JSON array with an object for each guest trace."},
};

QString generalHelp()
{
    QString text = QStringLiteral("Usage: exitscope-cli COMMAND [options] PATH...\n"
                                  "Shows where virtualization costs time, from kernel traces of a KVM host.\n\n"
                                  "Commands:\n");
    for (const CommandRow &row : kCommands)
        text += QStringLiteral("  %1 %2\n").arg(QString::fromUtf8(row.name), -10).arg(QString::fromUtf8(row.summary));
    text += QStringLiteral("\nPages of the manual, and 'exitscope-cli help PAGE' prints one:\n") % manualTopics();
    text += QStringLiteral(
        "\nA PATH is a trace (a directory of CTF; a file trace.dat, perf.data or text of ftrace), or a directory with\n"
        "traces somewhere below; '-' is a trace that comes through the standard input.\n"
        "'exitscope-cli COMMAND --help' lists a command's options; 'exitscope-cli help WORD' prints what "
        "the manual\nsays of a word: a section, an option, a state, a scenario, a diagnostic code.\n\n"
        "Exit status: 0 success; 1 wrong usage; 2 nothing readable; 3 with --strict where data "
        "was lost; 4 the result could not be written.\n");
    return text;
}

Answer usageError(const QString &problem, const QString &command = {})
{
    const QString help = command.isEmpty() ? QString() : QString(command % QLatin1Char(' '));
    return {ExitStatus::Usage, QStringLiteral("exitscope-cli: %1 (try 'exitscope-cli %2--help')\n").arg(problem, help)};
}

// Which traces, and what of them. Events are of threads of all kinds: filters of exits say nothing of them.
RecordingOptions wantedOf(Command command)
{
    const bool isOfClocks = command == Command::Sync || command == Command::Events;
    return {.selection = !isOfClocks,
        .range = command != Command::Sync,
        .maps = command != Command::Info,
        .places = !isOfClocks,
        .symbols = !isOfClocks};
}

class CommandParser {
public:
    explicit CommandParser(const CommandRow &command);
    std::variant<Options, Answer> parse(const QStringList &arguments);
    QString help() const;

private:
    void addOption(const char *name, const char *description, const char *value = nullptr);
    QString value(const char *name) const { return m_parser.value(QString::fromUtf8(name)); }
    bool isSet(const char *name) const { return m_parser.isSet(QString::fromUtf8(name)); }
    std::optional<QString> problem();
    bool hasFormats() const;
    std::optional<QString> readFormat();
    std::optional<QString> readAccounts();
    std::optional<QString> readTop();
    std::optional<QString> readGroup();

    const CommandRow &m_command;
    RecordingOptions m_wanted;
    QCommandLineParser m_parser;
    Options m_options;
};

CommandParser::CommandParser(const CommandRow &command) : m_command(command), m_wanted(wantedOf(command.command))
{
    m_options.command = command.command;
    m_parser.setApplicationDescription(QString::fromUtf8(command.details));
    m_parser.addPositionalArgument(QStringLiteral("PATH"),
        QStringLiteral("A trace, a directory with traces somewhere below, or '-': the standard input."),
        QStringLiteral("PATH..."));
    if (command.command == Command::Accounts) {
        addOption("by",
            "What to group by, separated by commas: vm, vcpu, reason, scenario, userspace, target, region, touch, "
            "address, pcpu, symbol, thread, process, syscall, context",
            "KEYS");
        addOption("sort", "Which rows come first: of most count, gross or net (if not given)", "MEASURE");
        addOption("top", "Only the first N rows: the dearest, if --sort does not say otherwise", "N");
        addOption("folded",
            "Instead of a table, a line for each row as tools of flame graphs read it, weighed by count, gross or net",
            "MEASURE");
    }
    if (command.command == Command::Threads)
        addOption("by", "A row of each: thread (if not given), process or program", "GROUP");
    if (command.command == Command::Phases)
        addOption("phase",
            "A file, with * and ?: a call that opens it begins a phase, and the next one ends it. Repeatable",
            "PATTERN");
    if (command.command == Command::Events)
        addOption("top", "Only the first N events; 100000 if not given", "N");
    if (hasFormats())
        addOption("format", "text (if not given), json or csv", "FORMAT");
    addOption("strict",
        "Exit with status 3 where data was lost: lost events, streams that could not be read whole, "
        "contradictions");
    addRecordingOptions(m_parser, m_wanted);
    m_parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Print this")});
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
    if (m_parser.positionalArguments().isEmpty())
        return QStringLiteral("no PATH was given");
    m_options.strict = isSet("strict");
    if (std::optional<QString> wrong = readRecordingOptions(m_parser, m_wanted, m_options))
        return wrong;
    if (std::optional<QString> wrong = readFormat())
        return wrong;
    if (m_command.command == Command::Accounts)
        return readAccounts();
    if (m_command.command == Command::Threads)
        return readGroup();
    if (m_command.command == Command::Phases)
        m_options.phaseFiles = m_parser.values(QStringLiteral("phase"));
    return m_command.command == Command::Events ? readTop() : std::nullopt;
}

bool CommandParser::hasFormats() const
{
    switch (m_command.command) {
    case Command::Report:
    case Command::Accounts:
    case Command::Takers:
    case Command::Halts:
    case Command::Threads:
    case Command::Syscalls:
    case Command::Interrupts:
    case Command::Guests:
    case Command::Phases:
    case Command::Events:
        return true;
    case Command::Intervals:
    case Command::Exits:
    case Command::Info:
    case Command::Sync:
        break;
    }
    return false;
}

std::optional<QString> CommandParser::readAccounts()
{
    if (!isSet("by"))
        return QStringLiteral("--by says what to group by, such as --by reason,address");
    QString error;
    const std::optional<std::vector<AccountKey>> keys = parseAccountKeys(value("by"), error);
    if (!keys)
        return error;
    m_options.keys = *keys;
    for (const char *option : {"folded", "sort"})
        if (isSet(option) && !measureNamed(value(option)))
            return QStringLiteral("there is no measure '%1'; there are: count, gross, net").arg(value(option));
    if (isSet("folded")) {
        m_options.folded = measureNamed(value("folded"));
        if (isSet("format") || isSet("top") || isSet("sort"))
            return QStringLiteral("--folded goes neither with --format nor with --sort nor with --top");
    }
    m_options.sortedBy = measureNamed(value("sort")).value_or(Measure::Net);
    return readTop();
}

std::optional<QString> CommandParser::readGroup()
{
    const QString group = value("by");
    if (group == QLatin1String("process"))
        m_options.group = ThreadGroup::Process;
    else if (group == QLatin1String("program"))
        m_options.group = ThreadGroup::Program;
    else if (isSet("by") && group != QLatin1String("thread"))
        return QStringLiteral("threads are not grouped by '%1'; there are: thread, process, program").arg(group);
    return std::nullopt;
}

std::optional<QString> CommandParser::readTop()
{
    if (!isSet("top"))
        return std::nullopt;
    bool ok = false;
    m_options.top = value("top").toULongLong(&ok);
    if (!ok || *m_options.top == 0)
        return QStringLiteral("'%1' is no number of rows").arg(value("top"));
    return std::nullopt;
}

std::optional<QString> CommandParser::readFormat()
{
    if (!hasFormats() || !isSet("format"))
        return std::nullopt;
    const QString format = value("format");
    const qsizetype index
        = QStringList{QStringLiteral("text"), QStringLiteral("json"), QStringLiteral("csv")}.indexOf(format);
    if (index < 0)
        return QStringLiteral("there is no format '%1'; there are: text, json, csv").arg(format);
    m_options.format = static_cast<ReportFormat>(index);
    return std::nullopt;
}

// Of a command its options, then what the manual says of it.
Answer helpAnswer(const QStringList &words)
{
    const QString topic = words.join(QLatin1Char(' '));
    if (topic.isEmpty() || topic == QLatin1String("--help"))
        return {ExitStatus::Success, generalHelp()};
    const QString told = terminalPage(manualTold(topic), terminalWidth());
    for (const CommandRow &row : kCommands)
        if (topic == QString::fromUtf8(row.name))
            return {ExitStatus::Success, CommandParser(row).help() % QLatin1Char('\n') % told};
    if (told.isEmpty())
        return usageError(
            QStringLiteral("the manual has nothing of the name '%1'; 'exitscope-cli help' lists its pages").arg(topic));
    return {ExitStatus::Success, told};
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
    if (first == QLatin1String("--help") || first == QLatin1String("-h"))
        return Answer{ExitStatus::Success, generalHelp()};
    if (first == QLatin1String("--version"))
        return Answer{
            ExitStatus::Success, QStringLiteral("exitscope-cli %1\n").arg(QCoreApplication::applicationVersion())};
    if (first == QLatin1String("help"))
        return helpAnswer(arguments.mid(1));
    for (const CommandRow &row : kCommands)
        if (first == QString::fromUtf8(row.name))
            return CommandParser(row).parse(arguments.mid(1));
    return usageError(
        QStringLiteral("there is no command '%1'; there are: report, accounts, takers, halts, guests, threads, "
                       "syscalls, interrupts, phases, intervals, exits, events, info, sync, help")
            .arg(first));
}

} // namespace exitscope
