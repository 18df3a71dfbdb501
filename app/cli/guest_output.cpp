// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guest_output.h"

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostGuestRows = 40; // of a text: what people look through

struct AccountField {
    const char *name;
    std::int64_t (*value)(const GuestAccount &account);
};

// The same of threads and of system calls.
constexpr AccountField kAccountFields[] = {
    {"on_cpu_ns", [](const GuestAccount &a) { return std::int64_t(a.onCpu()); }},
    {"guest_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Guest)); }},
    {"kvm_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Kvm)); }},
    {"userspace_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Userspace)); }},
    {"preempted_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Preempted)); }},
    {"blocked_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Blocked)); }},
    {"idle_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Idle)); }},
    {"unknown_ns", [](const GuestAccount &a) { return std::int64_t(a.in(VcpuState::Unknown)); }},
    {"lost_ns", [](const GuestAccount &a) { return std::int64_t(a.lost()); }},
    {"exits", [](const GuestAccount &a) { return a.exits; }},
    {"uncertain", [](const GuestAccount &a) { return a.uncertain; }},
    {"timed", [](const GuestAccount &a) { return a.timed; }},
    {"gross_ns", [](const GuestAccount &a) { return std::int64_t(a.gross); }},
    {"net_ns", [](const GuestAccount &a) { return std::int64_t(a.net); }},
};

// Whose account it is.
class ThreadOf {
public:
    ThreadOf(const Recording &recording, const GuestAccounts &accounts, const ThreadAccount &account)
        : m_guest(recording.guests[accounts.guest]), m_thread(account.thread)
    {
    }

    bool isKnown() const { return m_thread != kNobody; }
    bool isIdle() const { return isKnown() && m_guest.threads.isIdle(m_thread); }
    std::optional<std::int64_t> tid() const
    {
        return isKnown() ? std::optional<std::int64_t>(m_guest.threads.tid[m_thread]) : std::nullopt;
    }
    std::optional<std::int64_t> pid() const
    {
        const bool isTold = isKnown() && m_guest.threads.pid[m_thread] != kNoThread;
        return isTold ? std::optional<std::int64_t>(m_guest.threads.pid[m_thread]) : std::nullopt;
    }
    std::optional<QString> name() const { return isKnown() ? told(m_guest.nameOf(m_thread)) : std::nullopt; }
    std::optional<QString> process() const { return isKnown() ? told(m_guest.processNameOf(m_thread)) : std::nullopt; }

private:
    static std::optional<QString> told(const QString &text)
    {
        return text.isEmpty() ? std::nullopt : std::optional(text);
    }

    const GuestTrace &m_guest;
    std::uint32_t m_thread;
};

const QString &vmName(const Recording &recording, const GuestAccounts &accounts)
{
    return recording.hosts[accounts.vm.host].vms[accounts.vm.vm].name;
}

// What is lost means nothing where the guest rests, or where nobody knows whose time it is.
bool hasLost(const ThreadOf &thread)
{
    return thread.isKnown() && !thread.isIdle();
}

void addFields(CsvWriter &csv, const GuestAccount &account, bool isLost)
{
    for (const AccountField &field : kAccountFields)
        if (!isLost && std::string_view(field.name) == "lost_ns")
            csv.empty();
        else
            csv.integer(field.value(account));
}

void addFields(JsonWriter &json, const GuestAccount &account, bool isLost)
{
    for (const AccountField &field : kAccountFields) {
        const bool isNull = !isLost && std::string_view(field.name) == "lost_ns";
        json.key(field.name).integer(isNull ? std::nullopt : std::optional(field.value(account)));
    }
}

QStringList timeColumns()
{
    return {QStringLiteral("On CPU"), QStringLiteral("Really"), QStringLiteral("Lost"), QStringLiteral("Kvm"),
        QStringLiteral("Userspace"), QStringLiteral("Preempted"), QStringLiteral("Blocked"), QStringLiteral("Exits"),
        QStringLiteral("Net time")};
}

QStringList times(const GuestAccount &account, bool isLost)
{
    return {formatDuration(account.onCpu()), formatDuration(account.in(VcpuState::Guest)),
        isLost ? formatDuration(account.lost()) : QStringLiteral("–"), formatDuration(account.in(VcpuState::Kvm)),
        formatDuration(account.in(VcpuState::Userspace)), formatDuration(account.in(VcpuState::Preempted)),
        formatDuration(account.in(VcpuState::Blocked)), formatCount(account.exits), formatDuration(account.net)};
}

QString noGuestText()
{
    return QStringLiteral("Of no guest is known what it did: no guest's trace is aligned with its host (see 'sync')\n");
}

QString restText(std::size_t rows)
{
    return rows <= kMostGuestRows
        ? QString()
        : QStringLiteral("  and %1 more that lost less (--format csv has all)\n").arg(rows - kMostGuestRows);
}

QString threadsText(const Recording &recording, const GuestAccounts &accounts)
{
    const QStringList left{QStringLiteral("Thread"), QStringLiteral("Process")};
    TextTable table(left + timeColumns(), left);
    for (std::size_t i = 0; i < std::min(kMostGuestRows, accounts.threads.size()); ++i) {
        const ThreadAccount &account = accounts.threads[i];
        const ThreadOf thread(recording, accounts, account);
        const QString own = thread.name().value_or(QStringLiteral("?"));
        const QString name = !thread.isKnown() ? QStringLiteral("unknown")
            : thread.isIdle()                  ? own
                                               : QString(own % QLatin1Char('-') % QString::number(*thread.tid()));
        table.add(QStringList{name, thread.process().value_or(QString())} + times(account, hasLost(thread)));
    }
    return QStringLiteral("What the threads of the guest of %1 got\n").arg(vmName(recording, accounts)) % table.text()
        % restText(accounts.threads.size());
}

QString syscallsText(const Recording &recording, const GuestAccounts &accounts)
{
    const QStringList left{QStringLiteral("System call")};
    TextTable table(left + QStringList{QStringLiteral("Calls"), QStringLiteral("Wall time")} + timeColumns()
            + QStringList{QStringLiteral("Exits/call")},
        left);
    for (std::size_t i = 0; i < std::min(kMostGuestRows, accounts.calls.size()); ++i) {
        const CallAccount &call = accounts.calls[i];
        const QString each
            = call.calls == 0 ? QStringLiteral("–") : QString::number(double(call.exits) / double(call.calls), 'f', 2);
        table.add(QStringList{call.name, formatCount(call.calls), formatDuration(call.wall)} + times(call, true)
            + QStringList{each});
    }
    return QStringLiteral("What the system calls in the guest of %1 took\n").arg(vmName(recording, accounts))
        % table.text() % restText(accounts.calls.size());
}

void threadCells(CsvWriter &csv, const ThreadOf &thread)
{
    csv.integer(thread.tid()).integer(thread.pid());
    csv.text(thread.name().value_or(QString())).text(thread.process().value_or(QString()));
}

template <typename Row>
void writeText(Output &output, const std::vector<GuestAccounts> &accounts, Row text)
{
    QString all = accounts.empty() ? noGuestText() : QString();
    for (const GuestAccounts &of : accounts)
        all += (all.isEmpty() ? QString() : QStringLiteral("\n")) + text(of);
    output.write(all.toStdString());
}

void startCsv(CsvWriter &csv, std::initializer_list<std::string_view> columns)
{
    for (const std::string_view column : columns)
        csv.text(column);
    for (const AccountField &field : kAccountFields)
        csv.text(std::string_view(field.name));
    csv.endRow();
}

void startJson(JsonWriter &json, const char *schema)
{
    json.beginObject();
    json.key("schema").text(QString::fromLatin1(schema));
    json.key("vms").beginArray();
}

} // namespace

void writeThreads(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    if (format == ReportFormat::Text)
        return writeText(output, accounts, [&](const GuestAccounts &of) { return threadsText(recording, of); });
    if (format == ReportFormat::Csv) {
        CsvWriter csv(output);
        startCsv(csv, {"vm", "tid", "pid", "thread", "process"});
        for (const GuestAccounts &of : accounts)
            for (const ThreadAccount &account : of.threads) {
                const ThreadOf thread(recording, of, account);
                csv.text(vmName(recording, of));
                threadCells(csv, thread);
                addFields(csv, account, hasLost(thread));
                csv.endRow();
            }
        return;
    }
    JsonWriter json;
    startJson(json, "exitscope-threads/1");
    for (const GuestAccounts &of : accounts) {
        json.beginObject();
        json.key("name").text(vmName(recording, of));
        json.key("threads").beginArray();
        for (const ThreadAccount &account : of.threads) {
            const ThreadOf thread(recording, of, account);
            json.beginObject();
            json.key("tid").integer(thread.tid());
            json.key("pid").integer(thread.pid());
            json.key("thread").text(thread.name());
            json.key("process").text(thread.process());
            addFields(json, account, hasLost(thread));
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

void writeSyscalls(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts)
{
    if (format == ReportFormat::Text)
        return writeText(output, accounts, [&](const GuestAccounts &of) { return syscallsText(recording, of); });
    if (format == ReportFormat::Csv) {
        CsvWriter csv(output);
        startCsv(csv, {"vm", "syscall", "calls", "ended", "wall_ns"});
        for (const GuestAccounts &of : accounts)
            for (const CallAccount &call : of.calls) {
                csv.text(vmName(recording, of)).text(call.name);
                csv.integer(call.calls).integer(call.ended).integer(std::int64_t(call.wall));
                addFields(csv, call, true);
                csv.endRow();
            }
        return;
    }
    JsonWriter json;
    startJson(json, "exitscope-syscalls/1");
    for (const GuestAccounts &of : accounts) {
        json.beginObject();
        json.key("name").text(vmName(recording, of));
        json.key("syscalls").beginArray();
        for (const CallAccount &call : of.calls) {
            json.beginObject();
            json.key("syscall").text(call.name);
            json.key("calls").integer(call.calls);
            json.key("ended").integer(call.ended);
            json.key("wall_ns").integer(std::int64_t(call.wall));
            addFields(json, call, true);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

} // namespace exitscope
