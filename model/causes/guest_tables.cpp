// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_tables.h"

#include <string_view>

#include "model/guest/interrupt_text.h"

namespace exitscope {

namespace {

constexpr std::string_view kLost = "lost_ns";

template <VcpuState State>
std::int64_t timeIn(const GuestAccount &account)
{
    return account.in(State);
}

// A number of GuestAccount: counts, and integers of ns.
struct GuestField {
    std::string_view name;
    std::int64_t (*value)(const GuestAccount &account);
};
constexpr GuestField kGuestFields[] = {
    {"on_cpu_ns", [](const GuestAccount &a) { return std::int64_t(a.onCpu()); }},
    {"guest_ns", timeIn<VcpuState::Guest>},
    {"kvm_ns", timeIn<VcpuState::Kvm>},
    {"userspace_ns", timeIn<VcpuState::Userspace>},
    {"preempted_ns", timeIn<VcpuState::Preempted>},
    {"blocked_ns", timeIn<VcpuState::Blocked>},
    {"idle_ns", timeIn<VcpuState::Idle>},
    {"unknown_ns", timeIn<VcpuState::Unknown>},
    {kLost, [](const GuestAccount &a) { return std::int64_t(a.lost()); }},
    {"exits", [](const GuestAccount &a) { return a.exits; }},
    {"uncertain", [](const GuestAccount &a) { return a.uncertain; }},
    {"timed", [](const GuestAccount &a) { return a.timed; }},
    {"gross_ns", [](const GuestAccount &a) { return std::int64_t(a.gross); }},
    {"net_ns", [](const GuestAccount &a) { return std::int64_t(a.net); }},
};

FileTable tableOf(std::initializer_list<const char *> own)
{
    FileTable table;
    for (const char *column : own)
        table.columns << QString::fromLatin1(column);
    for (const GuestField &field : kGuestFields)
        table.columns << QString::fromUtf8(field.name.data(), qsizetype(field.name.size()));
    return table;
}

void addRow(FileTable &table, std::vector<FileCell> row, const GuestAccount &account, bool isLostKnown)
{
    for (const GuestField &field : kGuestFields)
        if (!account.areTimesKnown || (!isLostKnown && field.name == kLost))
            row.emplace_back();
        else
            row.emplace_back(field.value(account));
    table.rows.push_back(std::move(row));
}

FileCell ifKnown(std::int32_t pid)
{
    return pid == kNoThread ? FileCell() : FileCell(std::int64_t(pid));
}

FileCell ifKnown(const QString &name)
{
    return name.isEmpty() ? FileCell() : FileCell(name);
}

QString vmName(const Recording &recording, const GuestAccounts &of)
{
    return recording.hosts[of.vm.host].vms[of.vm.vm].name;
}

} // namespace

bool hasLost(const GuestTrace &guest, const ThreadAccount &account)
{
    return account.thread != kNobody && !guest.threads.isIdle(account.thread);
}

bool hasLost(const GroupAccount &group)
{
    return group.isKnown && !group.isIdle;
}

FileTable threadsTable(const Recording &recording, std::span<const GuestAccounts> accounts)
{
    FileTable table = tableOf({"vm", "tid", "pid", "thread", "process"});
    for (const GuestAccounts &of : accounts) {
        const GuestTrace &guest = recording.guests[of.guest];
        for (const ThreadAccount &account : of.threads) {
            std::vector<FileCell> row{vmName(recording, of), {}, {}, {}, {}};
            if (const std::uint32_t thread = account.thread; thread != kNobody) {
                row[1] = std::int64_t(guest.threads.tid[thread]);
                row[2] = ifKnown(guest.threads.pid[thread]);
                row[3] = ifKnown(guest.nameOf(thread));
                row[4] = ifKnown(guest.processNameOf(thread));
            }
            addRow(table, std::move(row), account, hasLost(guest, account));
        }
    }
    return table;
}

FileTable groupsTable(const Recording &recording, std::span<const GuestAccounts> accounts, ThreadGroup by)
{
    const bool isProcess = by == ThreadGroup::Process;
    FileTable table = isProcess ? tableOf({"vm", "pid", "process", "threads"}) : tableOf({"vm", "program", "threads"});
    for (const GuestAccounts &of : accounts)
        for (const GroupAccount &group : groupsOf(recording.guests[of.guest], of, by)) {
            std::vector<FileCell> row{vmName(recording, of)};
            if (isProcess)
                row.push_back(ifKnown(group.pid));
            row.push_back(ifKnown(group.name));
            row.emplace_back(group.threads);
            addRow(table, std::move(row), group, hasLost(group));
        }
    return table;
}

FileTable callsTable(const Recording &recording, std::span<const GuestAccounts> accounts)
{
    FileTable table = tableOf({"vm", "syscall", "calls", "ended", "wall_ns"});
    for (const GuestAccounts &of : accounts)
        for (const CallAccount &call : of.calls)
            addRow(table, {vmName(recording, of), ifKnown(call.name), call.calls, call.ended, std::int64_t(call.wall)},
                call, true);
    return table;
}

FileTable interruptsTable(const Recording &recording, std::span<const GuestAccounts> accounts)
{
    FileTable table = tableOf({"vm", "interrupt", "handlers"});
    for (const GuestAccounts &of : accounts)
        for (const InterruptAccount &account : of.interrupts)
            addRow(table, {vmName(recording, of), interruptText(account.source, account.irq), account.handlers},
                account, true);
    return table;
}

} // namespace exitscope
