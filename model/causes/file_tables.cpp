// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/file_tables.h"

namespace exitscope {

namespace {

constexpr HaltField kHaltFields[] = {
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

FileCell cell(std::optional<std::int64_t> value)
{
    return value ? FileCell(*value) : FileCell();
}

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

} // namespace

std::span<const HaltField> haltFields()
{
    return kHaltFields;
}

std::optional<std::int64_t> ifTold(const VcpuHalts &halts, std::int64_t value)
{
    return halts.source == HaltSource::None ? std::nullopt : std::optional(value);
}

FileTable fileTable(const std::vector<VcpuTakers> &takers)
{
    FileTable table;
    for (const char *column : {"vm", "vcpu", "kind", "tid", "pid", "thread", "ns", "times"})
        table.columns << QString::fromLatin1(column);
    for (const VcpuTakers &vcpu : takers) {
        for (const Taker &taker : vcpu.takers) {
            const HostThread *thread = threadOf(vcpu, taker);
            table.rows.push_back({vcpu.vcpu.vm->name, vcpu.vcpu.vcpu->number, text(info(taker.kind).name),
                thread ? FileCell(std::int64_t(thread->tid)) : FileCell(), cell(thread ? thread->pid : std::nullopt),
                thread ? thread->name : QString(), taker.ns, taker.times});
        }
    }
    return table;
}

FileTable fileTable(const std::vector<VcpuHalts> &halts)
{
    FileTable table;
    table.columns = {QStringLiteral("vm"), QStringLiteral("vcpu"), QStringLiteral("source")};
    for (const HaltField &field : kHaltFields)
        table.columns << text(field.name);
    table.columns << QStringLiteral("wake_to_entry_p50_ns") << QStringLiteral("wake_to_entry_p99_ns");
    for (const Ns polling : kPollingTrials)
        table.columns << QString(QStringLiteral("caught_") % QString::number(polling))
                      << QString(QStringLiteral("polled_ns_") % QString::number(polling));
    for (const VcpuHalts &of : halts) {
        std::vector<FileCell> row{of.vcpu.vm->name, of.vcpu.vcpu->number, text(name(of.source))};
        for (const HaltField &field : kHaltFields)
            row.push_back(cell(field.value(of)));
        row.push_back(cell(of.numbers.wakeToEntry.p50));
        row.push_back(cell(of.numbers.wakeToEntry.p99));
        for (const PollingTrial &trial : of.numbers.trials) {
            row.push_back(cell(ifTold(of, trial.caught)));
            row.push_back(cell(ifTold(of, trial.polled)));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace exitscope
