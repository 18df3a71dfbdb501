// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guests_output.h"

#include <QStringList>

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/guest_output.h"
#include "app/cli/sync_json.h"
#include "model/number_format.h"
#include "model/statistics/loss_text.h"
#include "model/vcpu_walk.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

// A guest with all that is told of it.
struct GuestTold {
    const Recording &recording;
    const GuestAlignment &alignment;
    const GuestFacts &facts;

    const GuestTrace &guest() const { return recording.guests[alignment.guest]; }
    bool isOnVm() const { return alignment.verdict != SyncVerdict::None && alignment.vm; }
    bool isSure() const { return alignment.isAligned() && alignment.vm; }
    const Vm *vm() const { return isOnVm() ? &recording.hosts[alignment.vm->host].vms[alignment.vm->vm] : nullptr; }
    // "vm0/1"; nothing where it is not known.
    std::optional<QString> vcpuOf(std::size_t cpu) const
    {
        const bool isTold = isSure() && cpu < alignment.vcpuOf.size() && alignment.vcpuOf[cpu];
        return isTold ? std::optional(vm()->vcpuId(vm()->vcpus[*alignment.vcpuOf[cpu]])) : std::nullopt;
    }
    std::optional<Ns> hostTime(Ns guestTime) const
    {
        return isSure() ? std::optional(alignment.map.toHost(guestTime)) : std::nullopt;
    }
    std::optional<std::int64_t> ofExits(std::int64_t count) const
    {
        return isSure() ? std::optional(count) : std::nullopt;
    }
};

// At least so many, over all traces of the guest; nothing where nobody knows.
std::optional<std::int64_t> lostEvents(const GuestTold &told)
{
    std::int64_t lost = 0;
    bool areKnown = true;
    for (const std::size_t trace : told.guest().traces) {
        lost += told.recording.traces[trace].discardedEvents;
        areKnown = areKnown && told.recording.traces[trace].lossesAreKnown;
    }
    return areKnown || lost > 0 ? std::optional(lost) : std::nullopt;
}

QStringList lossesOf(const GuestTold &told)
{
    QStringList losses;
    for (const std::size_t trace : told.guest().traces)
        losses.append(lossText(told.recording.traces[trace]));
    losses.removeDuplicates();
    return losses;
}

QString guestLine(const char *label, const QString &value)
{
    return QStringLiteral("  %1 %2\n").arg(QString::fromUtf8(label), -9).arg(value);
}

QString clockText(const GuestTold &told)
{
    const GuestAlignment &alignment = told.alignment;
    if (!told.isOnVm() || alignment.map.isEmpty())
        return verdictName(alignment.verdict);
    const auto uncertainty = alignment.uncertainty();
    const ClockLine line = alignment.map.pieces()[alignment.map.pieceAt(alignment.reference())].line;
    return QStringLiteral("%1 by %2, %3, drift %4 ppm")
        .arg(verdictName(alignment.verdict), methodName(alignment.method),
            uncertainty ? QString(QStringLiteral("± ") % formatDuration(*uncertainty))
                        : QStringLiteral("with no bounds"),
            QString::number(line.ppm(), 'f', 2));
}

QString cpusText(const GuestTold &told)
{
    QStringList cpus;
    for (std::size_t i = 0; i < told.guest().cpus.size(); ++i) {
        const std::int32_t number = told.guest().cpus[i].number;
        const QString name = number == kNoPcpu ? QStringLiteral("?") : QString::number(number);
        const std::optional<QString> vcpu = told.vcpuOf(i);
        cpus.append(vcpu ? QString(name % QStringLiteral(" on ") % *vcpu) : name);
    }
    if (!told.facts.untraced.empty() && told.isSure()) {
        QStringList untraced;
        for (const VcpuKey &vcpu : told.facts.untraced)
            untraced.append(told.vm()->vcpuId(told.vm()->vcpus[vcpu.vcpu]));
        cpus.append(QStringLiteral("no events of ") % untraced.join(QStringLiteral(", ")));
    }
    return cpus.join(QStringLiteral(", "));
}

struct Recorded {
    const char *name; // of JSON and CSV
    const char *words;
    bool GuestFacts::*is;
};
constexpr Recorded kRecorded[] = {{"sched_switch", "sched_switch", &GuestFacts::hasSwitches},
    {"syscalls", "system calls", &GuestFacts::hasCalls}, {"interrupts", "hard interrupts", &GuestFacts::hasInterrupts},
    {"softirqs", "softirqs", &GuestFacts::hasSoftirqs}};

QString recordsText(const GuestTold &told, bool has)
{
    QStringList words;
    for (const Recorded &of : kRecorded)
        if (told.facts.*of.is == has)
            words.append(QString::fromUtf8(of.words));
    if (told.facts.hasFiles == std::optional(has))
        words.append(QStringLiteral("names of opened files"));
    return words.join(QStringLiteral(", "));
}

QString exitsText(const GuestTold &told)
{
    const GuestFacts &facts = told.facts;
    return QStringLiteral(
        "%1: what they interrupted is certain of %2, only the thread of %3, uncertain of %4, unknown of %5")
        .arg(formatCount(facts.exits()), formatCount(facts.certain), formatCount(facts.certainThread),
            formatCount(facts.uncertain), formatCount(facts.unknown));
}

QString guestText(const GuestTold &told)
{
    const GuestTrace &guest = told.guest();
    const GuestFacts &facts = told.facts;
    QString text = QStringLiteral("Guest %1: %2, %3 events, %4  [%5]\n")
                       .arg(told.vm() ? QString(QStringLiteral("of ") % told.vm()->name)
                                      : QStringLiteral("of no VM that is known"),
                           formatDuration(guest.range.length()), formatCount(facts.events),
                           lossesOf(told).join(QStringLiteral("; ")), visibleText(guest.path));
    text += guestLine("clock", clockText(told));
    text += guestLine("CPUs", cpusText(told));
    text += guestLine("records", recordsText(told, true));
    if (const QString lacks = recordsText(told, false); !lacks.isEmpty())
        text += guestLine("lacks", lacks);
    text += guestLine("threads",
        facts.processes
            ? QStringLiteral("%1 of %2")
                  .arg(formatCount(facts.threads),
                      formatCounted(*facts.processes, QStringLiteral("process"), QStringLiteral("processes")))
            : formatCount(facts.threads) % QStringLiteral(", of processes that are not known"));
    return told.isSure() ? QString(text % guestLine("exits", exitsText(told))) : text;
}

std::vector<GuestTold> toldOf(
    const Recording &recording, std::span<const GuestAlignment> alignments, const std::vector<GuestFacts> &facts)
{
    std::vector<GuestTold> all;
    for (std::size_t i = 0; i < facts.size(); ++i)
        all.push_back({recording, alignments[i], facts[i]});
    return all;
}

// The members of a guest's object.
void addGuest(JsonWriter &json, const GuestTold &told)
{
    const GuestTrace &guest = told.guest();
    const GuestFacts &facts = told.facts;
    addSync(json, told.recording, told.alignment);
    json.key("begin_ns").integer(guest.range.from);
    json.key("end_ns").integer(guest.range.to);
    json.key("host_begin_ns").integer(told.hostTime(guest.range.from));
    json.key("host_end_ns").integer(told.hostTime(guest.range.to));
    json.key("recorded_events").integer(facts.events);
    json.key("lost_events").integer(lostEvents(told));
    json.key("cpus").beginArray();
    for (std::size_t i = 0; i < guest.cpus.size(); ++i) {
        const GuestCpu &cpu = guest.cpus[i];
        json.beginObject();
        json.key("cpu").integer(cpu.number == kNoPcpu ? std::nullopt : std::optional<std::int64_t>(cpu.number));
        json.key("vcpu").text(told.vcpuOf(i));
        json.key("events").integer(std::int64_t(cpu.events.size()));
        json.endObject();
    }
    json.endArray();
    json.key("untraced_vcpus").beginArray();
    for (const VcpuKey &vcpu : facts.untraced)
        json.text(told.vm()->vcpuId(told.vm()->vcpus[vcpu.vcpu]));
    json.endArray();
    json.key("records").beginObject();
    for (const Recorded &of : kRecorded)
        json.key(of.name).boolean(facts.*of.is);
    json.key("file_names");
    if (facts.hasFiles)
        json.boolean(*facts.hasFiles);
    else
        json.integer(std::nullopt);
    json.endObject();
    json.key("threads").integer(facts.threads);
    json.key("processes").integer(facts.processes);
    json.key("exits").beginObject();
    json.key("certain").integer(told.ofExits(facts.certain));
    json.key("certain_thread").integer(told.ofExits(facts.certainThread));
    json.key("uncertain").integer(told.ofExits(facts.uncertain));
    json.key("unknown").integer(told.ofExits(facts.unknown));
    json.endObject();
}

void writeGuestsCsv(Output &output, const std::vector<GuestTold> &guests)
{
    CsvWriter csv(output);
    for (const std::string_view column : {"guest", "vm", "method", "verdict", "offset_ns", "drift_ppm",
             "uncertainty_ns", "begin_ns", "end_ns", "host_begin_ns", "host_end_ns", "recorded_events", "lost_events",
             "cpus", "threads", "processes", "sched_switch", "syscalls", "interrupts", "softirqs", "file_names",
             "certain", "certain_thread", "uncertain", "unknown"})
        csv.text(column);
    csv.endRow();
    for (const GuestTold &told : guests) {
        const GuestTrace &guest = told.guest();
        const GuestAlignment &alignment = told.alignment;
        csv.text(guest.path).text(told.vm() ? told.vm()->name : QString());
        csv.text(methodName(told.isOnVm() ? alignment.method : SyncMethod::None)).text(verdictName(alignment.verdict));
        if (told.isOnVm() && !alignment.map.isEmpty()) {
            const Ns reference = alignment.reference();
            const ClockLine line = alignment.map.pieces()[alignment.map.pieceAt(reference)].line.at(reference);
            csv.integer(line.hostAtReference - reference).decimal(line.ppm(), 6);
            csv.integer(std::optional<std::int64_t>(alignment.uncertainty()));
        } else {
            csv.empty().empty().empty();
        }
        csv.integer(guest.range.from).integer(guest.range.to);
        csv.integer(std::optional<std::int64_t>(told.hostTime(guest.range.from)));
        csv.integer(std::optional<std::int64_t>(told.hostTime(guest.range.to)));
        csv.integer(told.facts.events).integer(lostEvents(told)).integer(std::int64_t(guest.cpus.size()));
        csv.integer(told.facts.threads).integer(told.facts.processes);
        for (const Recorded &of : kRecorded)
            csv.text(std::string_view(told.facts.*of.is ? "yes" : "no"));
        csv.text(std::string_view(!told.facts.hasFiles ? "" : *told.facts.hasFiles ? "yes" : "no"));
        for (const std::int64_t count :
            {told.facts.certain, told.facts.certainThread, told.facts.uncertain, told.facts.unknown})
            csv.integer(told.ofExits(count));
        csv.endRow();
    }
}

QString noGuestTraceText()
{
    return QStringLiteral("There is no guest's trace ('exitscope-cli help recording' says how to record one)\n");
}

} // namespace

void writeGuests(Output &output, ReportFormat format, const Recording &recording,
    std::span<const GuestAlignment> alignments, const std::vector<GuestFacts> &facts)
{
    const std::vector<GuestTold> guests = toldOf(recording, alignments, facts);
    if (format == ReportFormat::Csv)
        return writeGuestsCsv(output, guests);
    if (format == ReportFormat::Text) {
        QStringList texts;
        for (const GuestTold &told : guests)
            texts.append(guestText(told));
        output.write((texts.isEmpty() ? noGuestTraceText() : texts.join(QLatin1Char('\n'))).toStdString());
        return;
    }
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-guests/1"));
    json.key("guests").beginArray();
    for (const GuestTold &told : guests) {
        json.beginObject();
        addGuest(json, told);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

QString guestsText(const Recording &recording, const GuestsOfReport &guests)
{
    QString text;
    for (const GuestTold &told : toldOf(recording, guests.alignments, guests.facts)) {
        text += QLatin1Char('\n') % guestText(told);
        for (const GuestAccounts &accounts : guests.accounts)
            if (accounts.guest == told.alignment.guest)
                text += programsText(recording, accounts);
    }
    return text;
}

void addGuests(JsonWriter &json, const Recording &recording, const GuestsOfReport &guests)
{
    json.key("guests").beginArray();
    for (const GuestTold &told : toldOf(recording, guests.alignments, guests.facts)) {
        json.beginObject();
        addGuest(json, told);
        for (const GuestAccounts &accounts : guests.accounts)
            if (accounts.guest == told.alignment.guest)
                addPrograms(json, recording, accounts);
        json.endObject();
    }
    json.endArray();
}

} // namespace exitscope
