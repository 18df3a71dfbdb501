// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guest_output.h"

#include "app/cli/guest_listing.h"
#include "model/causes/guest_tables.h"
#include "model/guest/interrupt_text.h"
#include "model/number_format.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

constexpr std::size_t kTopPrograms = 12; // of the report

QString orElse(const QString &name, const char *otherwise)
{
    return name.isEmpty() ? QString::fromLatin1(otherwise) : name;
}

GuestRow threadRow(const GuestTrace &guest, const ThreadAccount &account)
{
    const GuestThreads &threads = guest.threads;
    const std::uint32_t thread = account.thread;
    GuestRow row;
    row.account = &account;
    row.hasLost = hasLost(guest, account);
    if (thread == kNobody) {
        row.texts = QStringList{QStringLiteral("unknown"), QString()};
        return row;
    }
    const QString own = orElse(guest.nameOf(thread), "?");
    row.texts = QStringList{
        visibleText(
            threads.isIdle(thread) ? own : QString(own % QLatin1Char('-') % QString::number(threads.tid[thread]))),
        visibleText(guest.processNameOf(thread))};
    return row;
}

GuestRow groupRow(const GroupAccount &group)
{
    GuestRow row;
    row.account = &group;
    row.hasLost = hasLost(group);
    QString words = orElse(group.name, group.isKnown ? "?" : "unknown");
    if (group.pid != kNoThread && !group.isIdle)
        words += QLatin1Char('-') % QString::number(group.pid);
    row.texts = QStringList{visibleText(words), formatCount(group.threads)};
    return row;
}

GuestRow callRow(const CallAccount &account)
{
    GuestRow row;
    row.account = &account;
    row.texts = QStringList{orElse(account.name, "unknown"), formatCount(account.calls),
        account.ended > 0 ? formatDuration(account.wall) : QStringLiteral("–")};
    row.last = account.calls == 0 || !account.areTimesKnown
        ? QStringLiteral("–")
        : QString::number(double(account.exits) / double(account.calls), 'f', 2);
    return row;
}

GuestRow interruptRow(const InterruptAccount &account)
{
    GuestRow row;
    row.account = &account;
    row.texts = QStringList{interruptText(account.source, account.irq), formatCount(account.handlers)};
    row.last = account.handlers == 0 ? QStringLiteral("–")
                                     : QString::number(double(account.exits) / double(account.handlers), 'f', 2);
    return row;
}

// A row of each.
template <typename Account, typename RowOf>
std::vector<GuestRow> rowsOf(const std::vector<Account> &accounts, RowOf row)
{
    std::vector<GuestRow> rows;
    for (const Account &account : accounts)
        rows.push_back(row(account));
    return rows;
}

// `groups` keeps what the rows tell of.
GuestListing groupListing(const Recording &recording, ThreadGroup by, std::vector<GroupAccount> &groups)
{
    const bool isProcess = by == ThreadGroup::Process;
    GuestListing listing;
    listing.schema = isProcess ? "exitscope-processes/1" : "exitscope-programs/1";
    listing.rows = isProcess ? "processes" : "programs";
    listing.title = isProcess ? QStringLiteral("What the processes in the guest of %1 got")
                              : QStringLiteral("What the programs in the guest of %1 got");
    listing.left = QStringList{isProcess ? QStringLiteral("Process") : QStringLiteral("Program")};
    listing.right = QStringList{QStringLiteral("Threads")};
    listing.rowsOf = [&recording, &groups, by](const GuestAccounts &of) {
        groups = groupsOf(recording.guests[of.guest], of, by);
        return rowsOf(groups, groupRow);
    };
    listing.table = [&recording, by](std::span<const GuestAccounts> of) { return groupsTable(recording, of, by); };
    return listing;
}

} // namespace

void writeGroups(Output &output, ReportFormat format, const Recording &recording,
    const std::vector<GuestAccounts> &accounts, ThreadGroup by)
{
    std::vector<GroupAccount> groups;
    writeGuestListing(output, format, recording, accounts, groupListing(recording, by, groups));
}

QString programsText(const Recording &recording, const GuestAccounts &accounts)
{
    std::vector<GroupAccount> groups;
    GuestListing listing = groupListing(recording, ThreadGroup::Program, groups);
    listing.mostRows = kTopPrograms;
    return listingText(recording, accounts, listing);
}

void addPrograms(JsonWriter &json, const Recording &recording, const GuestAccounts &accounts)
{
    std::vector<GroupAccount> groups;
    addListing(json, accounts, groupListing(recording, ThreadGroup::Program, groups));
}

void writeThreads(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    GuestListing listing{"exitscope-threads/1", "threads", QStringLiteral("What the threads of the guest of %1 got"),
        {QStringLiteral("Thread"), QStringLiteral("Process")}, {}, {}, {}, {}};
    listing.rowsOf = [&](const GuestAccounts &of) {
        return rowsOf(
            of.threads, [&](const ThreadAccount &account) { return threadRow(recording.guests[of.guest], account); });
    };
    listing.table = [&](std::span<const GuestAccounts> of) { return threadsTable(recording, of); };
    writeGuestListing(output, format, recording, accounts, listing);
}

void writeSyscalls(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    GuestListing listing{"exitscope-syscalls/1", "syscalls",
        QStringLiteral("What the system calls in the guest of %1 took"), {QStringLiteral("System call")},
        {QStringLiteral("Calls"), QStringLiteral("Wall time")}, QStringLiteral("Exits/call"), {}, {}};
    listing.rowsOf = [](const GuestAccounts &of) { return rowsOf(of.calls, callRow); };
    listing.table = [&](std::span<const GuestAccounts> of) { return callsTable(recording, of); };
    writeGuestListing(output, format, recording, accounts, listing);
}

void writeInterrupts(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    GuestListing listing{"exitscope-interrupts/1", "interrupts",
        QStringLiteral("What the interrupts in the guest of %1 took"), {QStringLiteral("Interrupt")},
        {QStringLiteral("Handlers")}, QStringLiteral("Exits/handler"), {}, {}};
    listing.rowsOf = [](const GuestAccounts &of) { return rowsOf(of.interrupts, interruptRow); };
    listing.table = [&](std::span<const GuestAccounts> of) { return interruptsTable(recording, of); };
    writeGuestListing(output, format, recording, accounts, listing);
}

} // namespace exitscope
