// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/halts_output.h"

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/group_output.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/causes/file_tables.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

QString countText(const VcpuHalts &halts, std::optional<std::int64_t> count)
{
    return halts.source == HaltSource::None || !count ? QStringLiteral("–") : formatCount(*count);
}

QString timeText(const VcpuHalts &halts, std::optional<Ns> ns)
{
    return halts.source == HaltSource::None || !ns ? QStringLiteral("–") : formatDuration(*ns);
}

QString haltsTable(const std::vector<VcpuHalts> &all)
{
    TextTable table({QStringLiteral("vCPU"), QStringLiteral("Halts"), QStringLiteral("Polled"),
                        QStringLiteral("Poll time"), QStringLiteral("Slept"), QStringLiteral("Sleep time"),
                        QStringLiteral("Gave up"), QStringLiteral("Poll time"), QStringLiteral("Wake-up to entry p50"),
                        QStringLiteral("p99"), QStringLiteral("Woken by"), QStringLiteral("Source")},
        {QStringLiteral("vCPU"), QStringLiteral("Woken by"), QStringLiteral("Source")});
    for (const VcpuHalts &halts : all) {
        const HaltNumbers &n = halts.numbers;
        table.add({halts.vcpu.id(), formatCount(n.halts), countText(halts, n.polled), timeText(halts, n.polledNs),
            countText(halts, n.slept), timeText(halts, n.sleptNs), countText(halts, n.gaveUp),
            timeText(halts, n.gaveUpNs), timeText(halts, n.wakeToEntry.p50), timeText(halts, n.wakeToEntry.p99),
            wokenByText(n), QString::fromUtf8(name(halts.source))});
    }
    return table.text();
}

QString trialsTable(const std::vector<VcpuHalts> &all)
{
    TextTable table({QStringLiteral("vCPU"), QStringLiteral("halt_poll_ns"), QStringLiteral("Halts caught"),
                        QStringLiteral("Share"), QStringLiteral("Poll time")},
        {QStringLiteral("vCPU")});
    for (const VcpuHalts &halts : all) {
        const std::int64_t known = halts.numbers.polled + halts.numbers.slept;
        for (const PollingTrial &trial : halts.numbers.trials)
            if (halts.source != HaltSource::None)
                table.add({halts.vcpu.id(), formatCount(trial.polling), formatCount(trial.caught),
                    formatShare(trial.caught, known), formatDuration(trial.polled)});
    }
    return table.text();
}

// What the numbers are worth that no event tells.
QString sourceNote(const std::vector<VcpuHalts> &all)
{
    const auto has = [&](HaltSource source) {
        return std::ranges::any_of(all, [&](const VcpuHalts &halts) { return halts.source == source; });
    };
    QString text;
    if (has(HaltSource::States))
        text += QStringLiteral("  states: kvm_vcpu_wakeup was not recorded; poll times are upper bounds, with all that "
                               "KVM did in these exits\n");
    if (has(HaltSource::None))
        text += QStringLiteral("  none: neither kvm_vcpu_wakeup nor sched_switch was recorded\n");
    return text;
}

QString haltsText(const std::vector<VcpuHalts> &all)
{
    return QStringLiteral("How the halts went\n") % haltsTable(all) % sourceNote(all)
        % QStringLiteral("\nWhat polling so long at every halt would have done\n") % trialsTable(all);
}

void addHalts(JsonWriter &json, const VcpuHalts &halts)
{
    json.beginObject();
    json.key("id").text(halts.vcpu.id());
    json.key("source").text(QString::fromUtf8(name(halts.source)));
    for (const HaltField &field : haltFields())
        json.key(field.name).integer(field.value(halts));
    addDistribution(json, "wake_to_entry", halts.numbers.wakeToEntry);
    json.key("woken_by").beginArray();
    for (const auto &[vector, count] : halts.numbers.wokenBy) {
        json.beginObject();
        json.key("vector").integer(vector == 0 ? std::nullopt : std::optional<std::int64_t>(vector));
        json.key("halts").integer(count);
        json.endObject();
    }
    json.endArray();
    json.key("trials").beginArray();
    for (const PollingTrial &trial : halts.numbers.trials) {
        json.beginObject();
        json.key("halt_poll_ns").integer(trial.polling);
        json.key("caught").integer(ifTold(halts, trial.caught));
        json.key("polled_ns").integer(ifTold(halts, trial.polled));
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

QByteArray haltsJson(const std::vector<VcpuHalts> &all)
{
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-halts/1"));
    json.key("vcpus").beginArray();
    for (const VcpuHalts &halts : all)
        addHalts(json, halts);
    json.endArray();
    json.endObject();
    return json.result();
}

} // namespace

void writeHalts(Output &output, ReportFormat format, const Recording &recording, const Selection &selection)
{
    const std::vector<VcpuHalts> all = haltsOf(recording, selection);
    switch (format) {
    case ReportFormat::Text:
        return output.write(haltsText(all).toStdString());
    case ReportFormat::Csv:
        return writeCsv(output, fileTable(all));
    case ReportFormat::Json:
        return output.write(haltsJson(all).toStdString());
    }
}

} // namespace exitscope
