// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/takers_output.h"

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/group_output.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/causes/file_tables.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

// A row for each vCPU with its sums by kind.
QString kindsText(const std::vector<VcpuTakers> &vcpus)
{
    QStringList header{QStringLiteral("vCPU"), QStringLiteral("Preempted")};
    for (const TakerKindInfo &kind : kTakerKindTable)
        header << QString::fromUtf8(kind.title);
    header << QStringLiteral("Migrations");
    TextTable table(header, {QStringLiteral("vCPU")});
    for (const VcpuTakers &vcpu : vcpus) {
        QStringList row{vcpu.vcpu.id(), formatDuration(vcpu.preempted)};
        for (const Ns ns : vcpu.byKind())
            row << formatShare(ns, vcpu.preempted);
        table.add(row << formatCount(vcpu.migrations));
    }
    return table.text();
}

QString threadsText(const std::vector<VcpuTakers> &vcpus)
{
    constexpr std::size_t kMost = 10; // of each vCPU
    const QStringList left{QStringLiteral("vCPU"), QStringLiteral("Thread"), QStringLiteral("Kind")};
    TextTable table(left + QStringList{QStringLiteral("Time"), QStringLiteral("Share"), QStringLiteral("Times")}, left);
    for (const VcpuTakers &vcpu : vcpus) {
        Ns rest = vcpu.preempted;
        for (std::size_t i = 0; i < std::min(kMost, vcpu.takers.size()); ++i) {
            const Taker &taker = vcpu.takers[i];
            rest -= taker.ns;
            table.add({vcpu.vcpu.id(), takerText(threadOf(vcpu, taker)), QString::fromUtf8(info(taker.kind).name),
                formatDuration(taker.ns), formatShare(taker.ns, vcpu.preempted), formatCount(taker.times)});
        }
        if (vcpu.takers.size() > kMost)
            table.add({vcpu.vcpu.id(), QStringLiteral("%1 more").arg(formatCount(qint64(vcpu.takers.size() - kMost))),
                QString(), formatDuration(rest), formatShare(rest, vcpu.preempted), QString()});
    }
    return table.text();
}

QString takersText(const std::vector<VcpuTakers> &vcpus)
{
    return QStringLiteral("Who had the pCPU while a vCPU waited for it\n") % kindsText(vcpus)
        % QStringLiteral("\nWhich threads\n") % threadsText(vcpus);
}

void addTaker(JsonWriter &json, const VcpuTakers &vcpu, const Taker &taker)
{
    const HostThread *thread = threadOf(vcpu, taker);
    json.beginObject();
    json.key("kind").text(QString::fromUtf8(info(taker.kind).name));
    json.key("tid").integer(thread ? std::optional<std::int64_t>(thread->tid) : std::nullopt);
    json.key("pid").integer(thread ? std::optional<std::int64_t>(thread->pid) : std::nullopt);
    json.key("thread").text(thread && !thread->name.isEmpty() ? std::optional(thread->name) : std::nullopt);
    json.key("ns").integer(taker.ns);
    json.key("times").integer(taker.times);
    json.endObject();
}

QByteArray takersJson(const std::vector<VcpuTakers> &vcpus)
{
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-takers/1"));
    json.key("vcpus").beginArray();
    for (const VcpuTakers &vcpu : vcpus) {
        json.beginObject();
        json.key("id").text(vcpu.vcpu.id());
        json.key("preempted_ns").integer(vcpu.preempted);
        json.key("migrations").integer(vcpu.migrations);
        json.key("kinds").beginObject();
        const auto sums = vcpu.byKind();
        for (const TakerKindInfo &kind : kTakerKindTable)
            json.key(kind.column).integer(sums[static_cast<std::size_t>(kind.kind)]);
        json.endObject();
        json.key("takers").beginArray();
        for (const Taker &taker : vcpu.takers)
            addTaker(json, vcpu, taker);
        json.endArray();
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.result();
}

} // namespace

void writeTakers(Output &output, ReportFormat format, const Recording &recording, const Selection &selection)
{
    const std::vector<VcpuTakers> vcpus = takersOf(recording, selection);
    switch (format) {
    case ReportFormat::Text:
        return output.write(takersText(vcpus).toStdString());
    case ReportFormat::Csv:
        return writeCsv(output, fileTable(vcpus));
    case ReportFormat::Json:
        return output.write(takersJson(vcpus).toStdString());
    }
}

} // namespace exitscope
