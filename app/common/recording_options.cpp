// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/recording_options.h"

#include <QCommandLineParser>

#include <cmath>
#include <span>

namespace exitscope {

namespace {

struct OptionRow {
    const char *name;
    const char *value;
    const char *description;
};

constexpr OptionRow kRole{
    "role", "PATH=host|guest", "Take the traces at PATH and below for those of a host or of a guest"};
constexpr OptionRow kJoin{"join", "PATH",
    "The traces at PATH and below are of one host, with those of every other --join, whatever they say themselves"};
constexpr OptionRow kSource{"source", "NAME",
    "What reads the streams, where it matters: native (our own decoder of CTF, and nothing else) or reader "
    "(libbabeltrace2); both, one for what the other does not understand, where it is not given"};
constexpr OptionRow kMap{"map", "PATH=REFERENCE_GUEST_NS,HOST_AT_REFERENCE_NS[,DRIFT_PPM]",
    "Take this map for the guest trace at PATH. Repeatable"};
constexpr OptionRow kRange[] = {
    {"from", "TIME",
        "Begin of the range: ns on the host's trace clock, or an offset from the earliest event of the used host "
        "traces such as +3.18s, +250ms, +10us, +5ns"},
    {"to", "TIME", "End of the range, itself left out"},
};
constexpr OptionRow kSelection[] = {
    {"vcpu", "VM/N", "Only these vCPUs: VM/N or 'VM/tid T'. Repeatable, or separated by commas, as are the next three"},
    {"reason", "REASON", "Only exits with these reasons: a name, or isa:code (isa 1 is VMX, 2 SVM; code 12 or 0xc)"},
    {"scenario", "NAME", "Only exits of these scenarios: qemu, halt, interrupt, page-fault, preempted, host"},
    {"min-ns", "NS", "Only exits that took at least so long, gross"},
    {"max-ns", "NS", "Only exits that took less, gross"},
};
constexpr OptionRow kPlaces[] = {
    {"address", "ADDRESS", "Only exits at these addresses of the guest. Repeatable, or separated by commas"},
    {"pcpu", "N", "Only exits that began on these physical CPUs; none: where that is not known. Repeatable too"},
    {"symbol", "NAME",
        "Only exits in this function of the guest's kernel, or what 'accounts --by symbol' prints instead. Repeatable"},
    {"target", "KIND:VALUE",
        "Only exits that touched one of these: port, msr, page, cpuid, hypercall, hyperv-hypercall, xen-hypercall, "
        "apic, "
        "vector, cr or dr with its value, such as port:0x3f8; none: where that is not known. Repeatable too"},
    {"region", "KIND:VALUE", "So too, but a page stands for the 2 MiB that it is in. Repeatable too"},
    {"userspace", "NAME",
        "Only exits that went to user space for this reason, such as KVM_EXIT_IO; none, unknown, failed or other. "
        "Repeatable too"},
    {"touch", "NAME",
        "Only exits of pages by how they met them: first, repeated or device; none: those of no page. Repeatable too"},
};
constexpr OptionRow kGuests[] = {
    {"thread", "NAME-TID",
        "Only exits of this thread of a guest, as 'accounts --by thread' prints it; unknown: where that is not known. "
        "Repeatable"},
    {"process", "NAME-PID", "Only exits of threads of this process of a guest. Repeatable"},
    {"syscall", "NAME", "Only exits of threads in this system call of a guest; none: in none. Repeatable"},
    {"context", "NAME",
        "Only exits out of this: user, kernel, idle, or what 'accounts --by context' prints. Repeatable"},
};
constexpr OptionRow kSymbols{"symbols", "VM=FILE[+OFFSET]",
    "The symbols of this VM's kernel: a kallsyms or System.map, and by what KASLR moved it, in hex. VM= may be left "
    "out where there is one. Repeatable"};

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

// The path may hold '=' too: the last one counts.
std::optional<QString> readMaps(const QStringList &values, std::vector<std::pair<QString, ClockLine>> &maps)
{
    for (const QString &text : values) {
        const qsizetype equals = text.lastIndexOf(QLatin1Char('='));
        const QStringList numbers = text.mid(equals + 1).split(QLatin1Char(','));
        ClockLine line;
        bool isGuest = false;
        bool isHost = false;
        bool isDrift = true;
        line.referenceGuest = numbers.value(0).toLongLong(&isGuest);
        line.hostAtReference = numbers.value(1).toLongLong(&isHost);
        if (numbers.size() > 2)
            line.drift = numbers[2].toDouble(&isDrift) * 1e-6;
        const bool isPossible = std::isfinite(line.drift) && std::abs(line.drift) < 0.1;
        if (equals < 1 || numbers.size() > 3 || !isGuest || !isHost || !isDrift || !isPossible)
            return QStringLiteral("'%1' is no map; give PATH=REFERENCE_GUEST_NS,HOST_AT_REFERENCE_NS[,DRIFT_PPM]")
                .arg(text);
        maps.emplace_back(text.left(equals), line);
    }
    return std::nullopt;
}

void add(QCommandLineParser &parser, const OptionRow &row)
{
    parser.addOption({QString::fromUtf8(row.name), QString::fromUtf8(row.description), QString::fromUtf8(row.value)});
}

// The values of an option, of which none may be empty.
struct Values {
    const QCommandLineParser &parser;
    std::optional<QString> problem;

    QStringList all(const char *name)
    {
        const QStringList values = parser.values(QString::fromUtf8(name));
        if (values.contains(QString()))
            problem = QStringLiteral("--%1 needs a value").arg(QString::fromUtf8(name));
        return values;
    }
    QString last(const char *name)
    {
        const QStringList values = all(name);
        return values.isEmpty() ? QString() : values.back();
    }
};

} // namespace

void addRecordingOptions(QCommandLineParser &parser, const RecordingOptions &wanted)
{
    if (wanted.range)
        for (const OptionRow &row : kRange)
            add(parser, row);
    if (wanted.selection)
        for (const OptionRow &row : kSelection)
            add(parser, row);
    if (wanted.places)
        for (const auto rows : {std::span<const OptionRow>(kPlaces), std::span<const OptionRow>(kGuests)})
            for (const OptionRow &row : rows)
                add(parser, row);
    if (wanted.symbols)
        add(parser, kSymbols);
    if (wanted.maps)
        add(parser, kMap);
    add(parser, kRole);
    add(parser, kJoin);
    add(parser, kSource);
    QCommandLineOption reader(QStringLiteral("reader"), {}, QStringLiteral("PROGRAM"));
    reader.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOption(reader);
}

std::optional<QString> readRecordingOptions(
    const QCommandLineParser &parser, const RecordingOptions &wanted, RecordingChoice &choice)
{
    Values values{parser, {}};
    choice.paths = parser.positionalArguments();
    if (wanted.range) {
        choice.selection.from = values.last("from");
        choice.selection.to = values.last("to");
    }
    if (wanted.selection) {
        choice.selection.vcpus = values.all("vcpu");
        choice.selection.reasons = values.all("reason");
        choice.selection.scenarios = values.all("scenario");
        choice.selection.minNs = values.last("min-ns");
        choice.selection.maxNs = values.last("max-ns");
    }
    if (wanted.places) {
        choice.selection.addresses = values.all("address");
        choice.selection.pcpus = values.all("pcpu");
        choice.symbolNames = values.all("symbol");
        choice.selection.targets = values.all("target");
        choice.selection.regions = values.all("region");
        choice.selection.userspace = values.all("userspace");
        choice.selection.touches = values.all("touch");
        for (const auto &[name, set] :
            {std::pair("thread", &ExitFilters::threads), std::pair("process", &ExitFilters::processes),
                std::pair("syscall", &ExitFilters::syscalls), std::pair("context", &ExitFilters::contexts)})
            for (const QString &value : values.all(name))
                (choice.guests.*set).insert(value);
    }
    if (wanted.symbols)
        choice.symbols = values.all("symbols");
    const QString reader = values.last("reader");
    choice.load.readerProgram = reader.isEmpty() ? qEnvironmentVariable("EXITSCOPE_READER") : reader;
    choice.load.joined = values.all("join");
    const QStringList roles = values.all("role");
    const QStringList maps = wanted.maps ? values.all("map") : QStringList();
    const QString source = values.last("source");
    if (values.problem)
        return values.problem;
    // Whoever names a reader wants it used.
    const bool isReader
        = source == QStringLiteral("reader") || (source.isEmpty() && !choice.load.readerProgram.isEmpty());
    if (source == QStringLiteral("native"))
        choice.load.source = SourceChoice::Native;
    else if (isReader)
        choice.load.source = SourceChoice::Reader;
    else if (!source.isEmpty())
        return QStringLiteral("'%1' is no source; give native or reader").arg(source);
    if (std::optional<QString> wrong = readRoles(roles, choice.load.roles))
        return wrong;
    return readMaps(maps, choice.maps);
}

} // namespace exitscope
