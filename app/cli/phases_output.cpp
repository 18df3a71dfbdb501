// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/phases_output.h"

#include "app/cli/csv_writer.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/causes/phase_tables.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "model/statistics/selection_parser.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

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
            table.add({visibleText(phase.name), formatCount(phase.number),
                told.begin() ? formatOffset(*told.begin() - origin) : QStringLiteral("–"), told.lengthText(),
                phase.wasRecorded ? formatCount(phase.exits) : notKnownText(),
                told.net() ? formatDuration(*told.net()) : notKnownText(),
                phase.lost ? formatDuration(*phase.lost) : QStringLiteral("–"), phase.environment});
        }
        text += (first == 0 ? QString() : QStringLiteral("\n")) + titleOf(phases[first]) + table.text();
    }
    return text;
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
        json.key("lost_ns").integer(phase.lost);
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
        writeCsv(output, fileTable(told));
        break;
    case ReportFormat::Json:
        writePhasesJson(output, told);
        break;
    }
}

} // namespace exitscope
