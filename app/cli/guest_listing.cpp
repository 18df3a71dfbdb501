// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guest_listing.h"

#include <algorithm>

#include "app/cli/csv_writer.h"
#include "app/cli/text_table.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

const QString &vmName(const Recording &recording, const GuestAccounts &accounts)
{
    return recording.hosts[accounts.vm.host].vms[accounts.vm.vm].name;
}

QStringList timeColumns()
{
    return {QStringLiteral("On CPU"), QStringLiteral("Really"), QStringLiteral("Lost"), QStringLiteral("Kvm"),
        QStringLiteral("Userspace"), QStringLiteral("Preempted"), QStringLiteral("Blocked"), QStringLiteral("Exits"),
        QStringLiteral("Net time")};
}

QStringList times(const GuestRow &row)
{
    const GuestAccount &account = *row.account;
    if (!account.areTimesKnown)
        return QStringList(timeColumns().size(), notKnownText());
    return {formatDuration(account.onCpu()), formatDuration(account.in(VcpuState::Guest)),
        row.hasLost ? formatDuration(account.lost()) : notKnownText(), formatDuration(account.in(VcpuState::Kvm)),
        formatDuration(account.in(VcpuState::Userspace)), formatDuration(account.in(VcpuState::Preempted)),
        formatDuration(account.in(VcpuState::Blocked)), formatCount(account.exits),
        account.isNetKnown ? formatDuration(account.net) : notKnownText()};
}

void writeListingText(
    Output &output, const Recording &recording, const std::vector<GuestAccounts> &accounts, const GuestListing &listing)
{
    QStringList all;
    for (const GuestAccounts &of : accounts)
        all.append(listingText(recording, of, listing));
    if (all.isEmpty())
        all.append(QStringLiteral("Of no guest is known what it did: no guest's trace is aligned with its host (see "
                                  "'exitscope-cli sync')\n"));
    output.write(all.join(QLatin1Char('\n')).toStdString());
}

void addCell(JsonWriter &json, const FileCell &cell)
{
    if (const auto *number = std::get_if<std::int64_t>(&cell))
        json.integer(*number);
    else if (const auto *text = std::get_if<QString>(&cell))
        json.text(*text);
    else
        json.text(std::nullopt);
}

void writeListingJson(
    Output &output, const Recording &recording, const std::vector<GuestAccounts> &accounts, const GuestListing &listing)
{
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QString::fromLatin1(listing.schema));
    json.key("vms").beginArray();
    for (const GuestAccounts &of : accounts) {
        json.beginObject();
        json.key("name").text(vmName(recording, of));
        addListing(json, of, listing);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

} // namespace

QString listingText(const Recording &recording, const GuestAccounts &accounts, const GuestListing &listing)
{
    const auto lastOf = [&](const QString &text) { return listing.last.isEmpty() ? QStringList() : QStringList(text); };
    TextTable table(listing.left + listing.right + timeColumns() + lastOf(listing.last), listing.left);
    const std::vector<GuestRow> rows = listing.rowsOf(accounts);
    for (std::size_t i = 0; i < std::min(listing.mostRows, rows.size()); ++i)
        table.add(rows[i].texts + times(rows[i]) + lastOf(rows[i].last));
    const QString rest = rows.size() <= listing.mostRows
        ? QString()
        : QStringLiteral("  and %1 more that lost less (--format csv has all)\n").arg(rows.size() - listing.mostRows);
    return listing.title.arg(vmName(recording, accounts)) % QLatin1Char('\n') % table.text() % rest;
}

void addListing(JsonWriter &json, const GuestAccounts &accounts, const GuestListing &listing)
{
    json.key(listing.rows).beginArray();
    const FileTable table = listing.table({&accounts, 1});
    for (const std::vector<FileCell> &row : table.rows) {
        json.beginObject();
        for (std::size_t i = 1; i < row.size(); ++i) // the first is the VM
            addCell(json.anyKey(table.columns[qsizetype(i)]), row[i]);
        json.endObject();
    }
    json.endArray();
}

void writeGuestListing(Output &output, ReportFormat format, const Recording &recording,
    const std::vector<GuestAccounts> &accounts, const GuestListing &listing)
{
    switch (format) {
    case ReportFormat::Text:
        return writeListingText(output, recording, accounts, listing);
    case ReportFormat::Csv:
        return writeCsv(output, listing.table(accounts));
    case ReportFormat::Json:
        return writeListingJson(output, recording, accounts, listing);
    }
}

} // namespace exitscope
