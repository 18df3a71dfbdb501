// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/group_output.h"

#include <string>

#include "app/cli/report_fields.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

void addDistribution(CsvWriter &csv, const Distribution &distribution)
{
    for (const DistributionField &field : kDistributionFields)
        if (field.decimal != nullptr)
            csv.decimal(distribution.*field.decimal, 1);
        else
            csv.integer(field.integer(distribution));
}

QStringList netCosts(const ExitGroup &group, std::optional<Ns> allNet)
{
    if (!group.knownNet)
        return QStringList(4, notKnownText());
    const Distribution &net = *group.knownNet;
    return {formatDuration(net.total), formatShare(net.total, allNet.value_or(0)), formatDuration(net.p50),
        formatDuration(net.p99)};
}

} // namespace

void addGroup(JsonWriter &json, const ExitGroup &group)
{
    for (const GroupField &field : kGroupFields)
        json.key(field.name).integer(field.value(group));
    addDistribution(json, "gross", group.gross);
    addDistribution(json, "net", group.net);
}

void addDistribution(JsonWriter &json, std::string_view key, const Distribution &distribution)
{
    json.key(key).beginObject();
    for (const DistributionField &field : kDistributionFields) {
        json.key(field.name);
        if (field.decimal != nullptr)
            json.decimal(distribution.*field.decimal, 1);
        else
            json.integer(field.integer(distribution));
    }
    json.endObject();
}

void addGroupHeader(CsvWriter &csv)
{
    for (const GroupField &field : kGroupFields)
        csv.text(field.name);
    for (const std::string prefix : {"gross_", "net_"})
        for (const DistributionField &field : kDistributionFields)
            csv.text(prefix + std::string(field.name));
}

void addGroup(CsvWriter &csv, const ExitGroup &group)
{
    for (const GroupField &field : kGroupFields)
        csv.integer(field.value(group));
    addDistribution(csv, group.gross);
    addDistribution(csv, group.net);
}

QStringList costColumns()
{
    return {QStringLiteral("Exits"), QStringLiteral("Net time"), QStringLiteral("Share"), QStringLiteral("p50"),
        QStringLiteral("p99"), QStringLiteral("Gross time")};
}

QStringList costs(const ExitGroup &group, std::optional<Ns> allNet)
{
    return QStringList{formatCount(group.count)} + netCosts(group, allNet)
        + QStringList{formatDuration(group.gross.total)};
}

QString netNote(const Recording &recording)
{
    return QStringLiteral("  ") % notKnownText()
        % QStringLiteral(": without sched_switch the net time of a halt is not known; net times and shares are of the "
                         "other exits. Record it with: ")
        % howToRecordSwitches(recording) % QLatin1Char('\n');
}

} // namespace exitscope
