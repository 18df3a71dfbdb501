// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_tables.h"

#include "model/guest/interrupt_text.h"

namespace exitscope {

namespace {

constexpr std::string_view kLost = "lost_ns";

template <VcpuState State>
std::int64_t timeIn(const GuestAccount &account)
{
    return account.in(State);
}

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

QString vmName(const Recording &recording, const GuestAccounts &of)
{
    return recording.hosts[of.vm.host].vms[of.vm.vm].name;
}

} // namespace

std::span<const GuestField> guestFields()
{
    return kGuestFields;
}

bool hasLost(const GuestTrace &guest, const ThreadAccount &account)
{
    return account.thread != kNobody && !guest.threads.isIdle(account.thread);
}

FileTable threadsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    FileTable table = tableOf({"vm", "tid", "pid", "thread", "process"});
    for (const GuestAccounts &of : accounts) {
        const GuestTrace &guest = recording.guests[of.guest];
        for (const ThreadAccount &account : of.threads) {
            std::vector<FileCell> row{vmName(recording, of), {}, {}, QString(), QString()};
            if (const std::uint32_t thread = account.thread; thread != kNobody) {
                const std::int32_t pid = guest.threads.pid[thread];
                row[1] = std::int64_t(guest.threads.tid[thread]);
                row[2] = pid == kNoThread ? FileCell() : FileCell(std::int64_t(pid));
                row[3] = guest.nameOf(thread);
                if (pid != kNoThread || guest.threads.isIdle(thread))
                    row[4] = guest.processNameOf(thread);
            }
            addRow(table, std::move(row), account, hasLost(guest, account));
        }
    }
    return table;
}

FileTable callsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    FileTable table = tableOf({"vm", "syscall", "calls", "ended", "wall_ns"});
    for (const GuestAccounts &of : accounts)
        for (const CallAccount &call : of.calls)
            addRow(
                table, {vmName(recording, of), call.name, call.calls, call.ended, std::int64_t(call.wall)}, call, true);
    return table;
}

FileTable interruptsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    FileTable table = tableOf({"vm", "interrupt", "handlers"});
    for (const GuestAccounts &of : accounts)
        for (const InterruptAccount &account : of.interrupts)
            addRow(table, {vmName(recording, of), interruptText(account.source, account.irq), account.handlers},
                account, true);
    return table;
}

} // namespace exitscope
