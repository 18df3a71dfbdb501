// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/guests/guest_rows.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

#include "model/causes/guest_tables.h"
#include "model/guest/interrupt_text.h"
#include "model/number_format.h"
#include "model/visible_text.h"
#include "views/tables/number_cells.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostGuestRows = 5000; // threads, and system calls, of each VM

QString guestTr(const char *text)
{
    return QCoreApplication::translate("GuestTable", text);
}

// What the accounts of both topics have.
std::vector<NumberColumn> accountColumns()
{
    return {
        {guestTr("On CPU"), QStringLiteral("on_cpu_ns"),
            guestTr("As the guest thinks: from its sched_switch to the next")},
        {guestTr("Really"), QStringLiteral("guest_ns"), guestTr("Of that, how long the vCPU was in guest mode")},
        {guestTr("Lost"), QStringLiteral("lost_ns"), guestTr("Of that, Kvm, Userspace, Preempted and Blocked")},
        {guestTr("Share"), QStringLiteral("lost_percent"), guestTr("Lost, of the time on CPU")},
        {guestTr("Kvm"), QStringLiteral("kvm_ns"), guestTr("While the hypervisor worked in the kernel")},
        {guestTr("Userspace"), QStringLiteral("userspace_ns"), guestTr("While the vCPU's thread was in QEMU")},
        {guestTr("Preempted"), QStringLiteral("preempted_ns"), guestTr("While the vCPU waited for a pCPU")},
        {guestTr("Blocked"), QStringLiteral("blocked_ns"),
            guestTr("While the vCPU's thread slept, and the guest did not rest")},
        {guestTr("Halted"), QStringLiteral("idle_ns"), guestTr("The guest halted the vCPU meanwhile")},
        {guestTr("Unknown"), QStringLiteral("unknown_ns"), guestTr("What the vCPU did is not known")},
        {guestTr("Exits"), QStringLiteral("exits"), guestTr("That interrupted it, of those that the filters leave")},
        {guestTr("Uncertain"), QStringLiteral("uncertain"), guestTr("Of these, those that may be another one's")},
        {guestTr("Gross time"), QStringLiteral("gross_ns"), guestTr("Until the guest ran again, of its timed exits")},
        {guestTr("Net time"), QStringLiteral("net_ns"), guestTr("What handling them took, without idle and preempted")},
        {guestTr("VM"), QStringLiteral("vm"), guestTr("Whose guest it is"), true},
    };
}

// Of system calls alone.
std::vector<NumberColumn> callColumns()
{
    return {
        {guestTr("System call"), QStringLiteral("syscall"), guestTr("What threads were in, with no interrupt on top"),
            true},
        {guestTr("Calls"), QStringLiteral("calls"), guestTr("Entered in the range")},
        {guestTr("Wall time"), QStringLiteral("wall_ns"), guestTr("From entry to exit, of the calls that ended")},
        {guestTr("Exits/call"), QStringLiteral("exits_per_call"), guestTr("Exits, for each call that was entered")},
    };
}

// Of interrupts alone.
std::vector<NumberColumn> interruptColumns()
{
    return {
        {guestTr("Interrupt"), QStringLiteral("interrupt"),
            guestTr("A hard or a soft interrupt, while it is the innermost one"), true},
        {guestTr("Handlers"), QStringLiteral("handlers"), guestTr("Begun in the range")},
        {guestTr("Exits/handler"), QStringLiteral("exits_per_handler"), guestTr("Exits, for each that began")},
    };
}

std::vector<NumberColumn> guestColumns(GuestTopic topic)
{
    std::vector<NumberColumn> columns;
    if (topic == GuestTopic::Threads)
        columns.push_back({guestTr("Process › Thread"), QStringLiteral("thread"),
            guestTr("A process of the guest; below it its threads, where there are several"), true});
    else
        columns = topic == GuestTopic::Calls ? callColumns() : interruptColumns();
    const std::vector<NumberColumn> numbers = accountColumns();
    columns.insert(columns.end(), numbers.begin(), numbers.end());
    return columns;
}

void addNumbers(NumberRow &row, const GuestAccount &account, bool isLostKnown, const QString &vm)
{
    const auto ns = [&](Ns time) { return timeCell(account.areTimesKnown ? std::optional(time) : std::nullopt); };
    const auto in = [&](VcpuState state) { return ns(account.in(state)); };
    const auto count
        = [&](std::int64_t times) { return countCell(account.areTimesKnown ? std::optional(times) : std::nullopt); };
    const auto lost = isLostKnown && account.areTimesKnown ? std::optional(account.lost()) : std::nullopt;
    const auto net = account.isNetKnown && account.areTimesKnown ? std::optional(account.net) : std::nullopt;
    row.cells.insert(row.cells.end(),
        {ns(account.onCpu()), in(VcpuState::Guest), timeCell(lost), shareCell(lost, account.onCpu()),
            in(VcpuState::Kvm), in(VcpuState::Userspace), in(VcpuState::Preempted), in(VcpuState::Blocked),
            in(VcpuState::Idle), in(VcpuState::Unknown), count(account.exits), count(account.uncertain),
            ns(account.gross), timeCell(net), NumberCell{vm, vm}});
}

NumberRow namedRow(const GuestAccounts &of, AccountKey key, const QString &label)
{
    NumberRow row;
    row.guestKey = key;
    row.guestLabel = label;
    row.vcpu = VcpuKey{of.vm, 0};
    row.key = label % u'@' % QString::number(of.vm.host) % u'/' % QString::number(of.vm.vm);
    const bool isCall = label.startsWith(QLatin1String("syscall:"));
    const QString name = visibleText(key == AccountKey::Context && isCall ? label.section(u':', 1) : label);
    row.cells = {{name, name}};
    return row;
}

// The threads of one VM below their processes, in the order of the accounts.
class ProcessRows {
public:
    ProcessRows(const Recording &recording, const GuestAccounts &of)
        : m_of(of), m_guest(recording.guests[of.guest]),
          m_vm(visibleText(recording.hosts[of.vm.host].vms[of.vm.vm].name))
    {
        for (const ThreadAccount &account : of.threads)
            add(account);
    }

    void moveTo(std::vector<NumberRow> &rows)
    {
        for (Process &process : m_processes) {
            addNumbers(process.row, process.sum, process.hasLost, m_vm);
            if (process.threads < 2)
                process.row.children.clear(); // it is that thread
            rows.push_back(std::move(process.row));
        }
    }

private:
    struct Process {
        NumberRow row;
        GuestAccount sum;
        bool hasLost = true; // of each of its threads
        std::size_t threads = 0;
    };

    void add(const ThreadAccount &account)
    {
        const bool isKnown = account.thread != kNobody;
        const QString unknown = ExitGuests().text(ExitGuests::kUnknown);
        const QString told = isKnown ? m_guest.processText(account.thread) : QString();
        const QString name = told.isEmpty() ? unknown : told;
        if (m_processes.size() >= kMostGuestRows && !m_byName.contains(name))
            return; // those before lost more
        const auto [at, isNew] = m_byName.try_emplace(name, m_processes.size());
        if (isNew)
            m_processes.push_back({namedRow(m_of, AccountKey::Process, name), {}, true, 0});
        Process &process = m_processes[at->second];
        const bool isLostKnown = hasLost(m_guest, account);
        process.sum += account;
        process.hasLost = process.hasLost && isLostKnown;
        ++process.threads;
        if (++m_threads > kMostGuestRows)
            return;
        NumberRow row = namedRow(m_of, AccountKey::Thread, isKnown ? m_guest.threadText(account.thread) : unknown);
        addNumbers(row, account, isLostKnown, m_vm);
        process.row.children.push_back(std::move(row));
    }

    const GuestAccounts &m_of;
    const GuestTrace &m_guest;
    QString m_vm;
    std::map<QString, std::size_t> m_byName;
    std::vector<Process> m_processes;
    std::size_t m_threads = 0;
};

NumberCell exitsEach(const GuestAccount &account, std::int64_t times)
{
    const bool isKnown = times != 0 && account.areTimesKnown;
    const double each = isKnown ? double(account.exits) / double(times) : 0;
    return !isKnown ? NumberCell{QStringLiteral("–")} : NumberCell{QString::number(each, 'f', 2), each};
}

NumberRow callRow(const Recording &recording, const GuestAccounts &of, const CallAccount &call)
{
    const QString name = call.name.isEmpty() ? QStringLiteral("unknown") : call.name;
    NumberRow row = namedRow(of, AccountKey::Context, QString(QStringLiteral("syscall:") % name));
    row.cells.insert(row.cells.end(),
        {countCell(call.calls), timeCell(call.ended > 0 ? std::optional(call.wall) : std::nullopt),
            exitsEach(call, call.calls)});
    addNumbers(row, call, true, visibleText(recording.hosts[of.vm.host].vms[of.vm.vm].name));
    return row;
}

NumberRow interruptRow(const Recording &recording, const GuestAccounts &of, const InterruptAccount &interrupt)
{
    NumberRow row = namedRow(of, AccountKey::Context, interruptText(interrupt.source, interrupt.irq));
    row.cells.insert(row.cells.end(), {countCell(interrupt.handlers), exitsEach(interrupt, interrupt.handlers)});
    addNumbers(row, interrupt, true, visibleText(recording.hosts[of.vm.host].vms[of.vm.vm].name));
    return row;
}

std::vector<GuestAccounts> accountsOf(
    const Recording &recording, const Selection &selection, const KnownGuests *known, CancelFlag cancel)
{
    if (!known)
        return {};
    Selection with = selection;
    with.guests = known->exits;
    return guestAccountsOf(recording, known->alignments, with, cancel);
}

} // namespace

int lostColumn(GuestTopic topic)
{
    const std::vector<NumberColumn> columns = guestColumns(topic);
    return int(std::ranges::find(columns, QStringLiteral("lost_ns"), &NumberColumn::field) - columns.begin());
}

NumberRows guestRows(const Recording &recording, const Selection &selection, const KnownGuests *known, GuestTopic topic,
    CancelFlag cancel)
{
    NumberRows made{guestColumns(topic), {}, {}};
    if (!known) {
        made.note = recording.guests.empty()
            ? guestTr("No guest was traced: what its threads got is not known.")
            : guestTr(
                "Of no guest is known yet what it did: none is surely on its host's clock. G tells of the clocks.");
        return made;
    }
    bool isCut = false;
    for (const GuestAccounts &of : accountsOf(recording, selection, known, cancel)) {
        if (topic == GuestTopic::Threads) {
            ProcessRows(recording, of).moveTo(made.rows);
            isCut |= of.threads.size() > kMostGuestRows;
            continue;
        }
        if (topic == GuestTopic::Interrupts)
            for (const InterruptAccount &interrupt : of.interrupts)
                made.rows.push_back(interruptRow(recording, of, interrupt));
        else
            for (const CallAccount &call : std::span(of.calls).first(std::min(of.calls.size(), kMostGuestRows)))
                made.rows.push_back(callRow(recording, of, call));
    }
    if (isCut)
        made.note
            = guestTr("Of each VM the %1 threads that lost most are listed; processes count all, and saved as CSV "
                      "the table has all.")
                  .arg(formatCount(std::int64_t(kMostGuestRows)));
    return made;
}

QString guestCsv(const Recording &recording, const Selection &selection, const KnownGuests *known, GuestTopic topic,
    CancelFlag cancel)
{
    const std::vector<GuestAccounts> accounts = accountsOf(recording, selection, known, cancel);
    switch (topic) {
    case GuestTopic::Threads:
        return toCsv(threadsTable(recording, accounts));
    case GuestTopic::Calls:
        return toCsv(callsTable(recording, accounts));
    case GuestTopic::Interrupts:
        break;
    }
    return toCsv(interruptsTable(recording, accounts));
}

ExitFilters filtersOfGuestRow(const NumberRow &row, const Recording &recording, bool isOneOfSeveralVms)
{
    ExitFilters filters;
    if (row.guestKey == AccountKey::Process)
        filters.processes.insert(row.guestLabel);
    else if (row.guestKey == AccountKey::Thread)
        filters.threads.insert(row.guestLabel);
    else if (row.guestKey == AccountKey::Context)
        filters.contexts.insert(row.guestLabel);
    if (isOneOfSeveralVms && row.vcpu)
        for (const VcpuAt &vcpu : vcpusOf(recording))
            if (vcpu.key.vm == row.vcpu->vm)
                filters.vcpus.insert(vcpu.key);
    return filters;
}

} // namespace exitscope
