// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/halts_output.h"

#include <algorithm>
#include <string>

#include "app/cli/csv_writer.h"
#include "app/cli/group_output.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/causes/halts.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

// A number of HaltNumbers that files get; absent where its source does not tell it.
struct HaltField {
    const char *name;
    std::optional<std::int64_t> (*value)(const VcpuHalts &halts);
};
std::optional<std::int64_t> ifTold(const VcpuHalts &halts, std::int64_t value)
{
    return halts.source == HaltSource::None ? std::nullopt : std::optional(value);
}
constexpr HaltField kFields[] = {
    {"halts", [](const VcpuHalts &h) { return std::optional(h.numbers.halts); }},
    {"unknown", [](const VcpuHalts &h) { return std::optional(h.numbers.unknown); }},
    {"polled", [](const VcpuHalts &h) { return ifTold(h, h.numbers.polled); }},
    {"polled_ns", [](const VcpuHalts &h) { return ifTold(h, h.numbers.polledNs); }},
    {"slept", [](const VcpuHalts &h) { return ifTold(h, h.numbers.slept); }},
    {"slept_ns", [](const VcpuHalts &h) { return ifTold(h, h.numbers.sleptNs); }},
    {"gave_up", [](const VcpuHalts &h) { return h.numbers.gaveUp; }},
    {"gave_up_ns", [](const VcpuHalts &h) { return ifTold(h, h.numbers.gaveUpNs); }},
    {"polling_unknown",
        [](const VcpuHalts &h) {
            return h.source == HaltSource::Events ? std::optional(h.numbers.pollingUnknown) : std::nullopt;
        }},
};

QString countText(const VcpuHalts &halts, std::optional<std::int64_t> count)
{
    return halts.source == HaltSource::None || !count ? QStringLiteral("–") : formatCount(*count);
}

QString timeText(const VcpuHalts &halts, std::optional<Ns> ns)
{
    return halts.source == HaltSource::None || !ns ? QStringLiteral("–") : formatDuration(*ns);
}

// The most frequent vectors.
QString wokenByText(const HaltNumbers &numbers)
{
    constexpr std::size_t kMost = 3;
    std::vector<std::pair<std::int64_t, int>> vectors;
    for (const auto &[vector, count] : numbers.wokenBy)
        if (vector != 0)
            vectors.emplace_back(-count, vector);
    std::ranges::sort(vectors);
    QStringList texts;
    for (std::size_t i = 0; i < std::min(kMost, vectors.size()); ++i)
        texts << QStringLiteral("0x%1 %2").arg(
            QString::number(vectors[i].second, 16), shareText(-vectors[i].first, numbers.halts));
    return texts.isEmpty() ? QStringLiteral("–") : texts.join(QStringLiteral(", "));
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
                    shareText(trial.caught, known), formatDuration(trial.polled)});
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

void writeHaltsCsv(Output &output, const std::vector<VcpuHalts> &all)
{
    CsvWriter csv(output);
    for (const char *column : {"vm", "vcpu", "source"})
        csv.text(std::string_view(column));
    for (const HaltField &field : kFields)
        csv.text(std::string_view(field.name));
    csv.text(std::string_view("wake_to_entry_p50_ns")).text(std::string_view("wake_to_entry_p99_ns"));
    for (const Ns polling : kPollingTrials)
        csv.text("caught_" + std::to_string(polling)).text("polled_ns_" + std::to_string(polling));
    csv.endRow();
    for (const VcpuHalts &halts : all) {
        csv.text(halts.vcpu.vm->name).text(halts.vcpu.vcpu->number).text(name(halts.source));
        for (const HaltField &field : kFields)
            csv.integer(field.value(halts));
        csv.integer(halts.numbers.wakeToEntry.p50).integer(halts.numbers.wakeToEntry.p99);
        for (const PollingTrial &trial : halts.numbers.trials)
            csv.integer(ifTold(halts, trial.caught)).integer(ifTold(halts, trial.polled));
        csv.endRow();
    }
}

void addHalts(JsonWriter &json, const VcpuHalts &halts)
{
    json.beginObject();
    json.key("id").text(halts.vcpu.id());
    json.key("source").text(QString::fromUtf8(name(halts.source)));
    for (const HaltField &field : kFields)
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
        return writeHaltsCsv(output, all);
    case ReportFormat::Json:
        return output.write(haltsJson(all).toStdString());
    }
}

} // namespace exitscope
