// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/phases_output.h"

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/json_writer.h"
#include "app/cli/offset_text.h"
#include "app/cli/text_table.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "model/statistics/selection_parser.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

using Count = std::optional<std::int64_t>;

// A phase as it is told: what its guest's clock leaves open is not.
struct PhaseTold {
    const Phase &phase;
    std::optional<QString> guest; // path; none: the host's
    std::optional<QString> vm; // of the guest

    Count begin() const { return phase.range ? Count(phase.range->from) : Count(); }
    Count end() const { return phase.range ? Count(phase.range->to) : Count(); }
    Count ofHost(std::int64_t number) const { return phase.wasRecorded ? Count(number) : Count(); }
    std::optional<QString> environment() const
    {
        return phase.environment.isEmpty() ? std::nullopt : std::optional(phase.environment);
    }
};

std::vector<PhaseTold> phasesTold(
    const Recording &recording, std::span<const GuestAlignment> alignments, const std::vector<Phase> &phases)
{
    std::vector<PhaseTold> all;
    for (const Phase &phase : phases) {
        PhaseTold told{phase, std::nullopt, std::nullopt};
        if (phase.guest) {
            told.guest = recording.guests[*phase.guest].path;
            const auto alignment = std::ranges::find(alignments, *phase.guest, &GuestAlignment::guest);
            if (phase.range)
                told.vm = recording.hosts[alignment->vm->host].vms[alignment->vm->vm].name;
        }
        all.push_back(told);
    }
    return all;
}

// Of one guest, or of one host.
bool isOfSame(const Phase &a, const Phase &b)
{
    return a.guest == b.guest && a.host == b.host;
}

QString titleOf(const PhaseTold &told)
{
    if (!told.guest)
        return QStringLiteral("Phases of the host\n");
    return QStringLiteral("Phases of the guest %1\n")
        .arg(told.vm ? QString(QStringLiteral("of ") % *told.vm) : visibleText(*told.guest));
}

QString phasesText(const Recording &recording, const std::vector<PhaseTold> &phases)
{
    if (phases.empty())
        return QStringLiteral(
            "No trace holds marks of phases in this range ('exitscope-cli help phases' says what are)\n");
    const Ns origin = originOf(recording).value_or(0);
    const QStringList left{QStringLiteral("Phase"), QStringLiteral("Environment")};
    QString text;
    for (std::size_t i = 0; i < phases.size();) {
        TextTable table({QStringLiteral("Phase"), QStringLiteral("No."), QStringLiteral("Begin"),
                            QStringLiteral("Length"), QStringLiteral("Exits"), QStringLiteral("Net time"),
                            QStringLiteral("Lost"), QStringLiteral("Environment")},
            left);
        const std::size_t first = i;
        for (; i < phases.size() && isOfSame(phases[i].phase, phases[first].phase); ++i) {
            const PhaseTold &told = phases[i];
            const Phase &phase = told.phase;
            const QString atLeast = phase.hasBegin && phase.hasEnd ? QString() : QStringLiteral("≥ ");
            table.add({visibleText(phase.name), formatCount(phase.number),
                told.begin() ? offsetText(*told.begin(), origin) : QStringLiteral("–"),
                atLeast % formatDuration(phase.length()), phase.wasRecorded ? formatCount(phase.exits) : notKnownText(),
                phase.wasRecorded && phase.isNetKnown ? formatDuration(phase.net) : notKnownText(),
                phase.lost ? formatDuration(*phase.lost) : QStringLiteral("–"), phase.environment});
        }
        text += (first == 0 ? QString() : QStringLiteral("\n")) + titleOf(phases[first]) + table.text();
    }
    return text;
}

void writePhasesCsv(Output &output, const std::vector<PhaseTold> &phases)
{
    CsvWriter csv(output);
    for (const std::string_view column : {"guest", "vm", "phase", "number", "begin_ns", "end_ns", "length_ns",
             "has_begin", "has_end", "environment", "exits", "timed", "gross_ns", "net_ns", "lost_ns"})
        csv.text(column);
    csv.endRow();
    for (const PhaseTold &told : phases) {
        const Phase &phase = told.phase;
        csv.text(told.guest.value_or(QString()))
            .text(told.vm.value_or(QString()))
            .text(phase.name)
            .integer(phase.number);
        csv.integer(told.begin()).integer(told.end()).integer(phase.length());
        csv.text(std::string_view(phase.hasBegin ? "yes" : "no")).text(std::string_view(phase.hasEnd ? "yes" : "no"));
        csv.text(phase.environment);
        for (const std::int64_t number : {phase.exits, phase.timed, phase.gross, phase.net})
            csv.integer(told.ofHost(number));
        csv.integer(Count(phase.lost));
        csv.endRow();
    }
}

void writePhasesJson(Output &output, const std::vector<PhaseTold> &phases)
{
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-phases/1"));
    json.key("phases").beginArray();
    for (const PhaseTold &told : phases) {
        const Phase &phase = told.phase;
        json.beginObject();
        json.key("guest").text(told.guest);
        json.key("vm").text(told.vm);
        json.key("phase").text(phase.name);
        json.key("number").integer(phase.number);
        json.key("begin_ns").integer(told.begin());
        json.key("end_ns").integer(told.end());
        json.key("length_ns").integer(phase.length());
        json.key("has_begin").boolean(phase.hasBegin);
        json.key("has_end").boolean(phase.hasEnd);
        json.key("environment").text(told.environment());
        json.key("exits").integer(told.ofHost(phase.exits));
        json.key("timed").integer(told.ofHost(phase.timed));
        json.key("gross_ns").integer(told.ofHost(phase.gross));
        json.key("net_ns").integer(told.ofHost(phase.net));
        json.key("lost_ns").integer(Count(phase.lost));
        json.endObject();
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

} // namespace

void writePhases(Output &output, ReportFormat format, const Recording &recording,
    std::span<const GuestAlignment> alignments, const std::vector<Phase> &phases)
{
    const std::vector<PhaseTold> told = phasesTold(recording, alignments, phases);
    switch (format) {
    case ReportFormat::Text:
        output.write(phasesText(recording, told).toStdString());
        break;
    case ReportFormat::Csv:
        writePhasesCsv(output, told);
        break;
    case ReportFormat::Json:
        writePhasesJson(output, told);
        break;
    }
}

} // namespace exitscope
