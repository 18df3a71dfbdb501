// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/accounts_output.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "app/cli/csv_writer.h"
#include "app/cli/group_output.h"
#include "app/cli/json_writer.h"
#include "app/cli/text_table.h"
#include "model/causes/accounts.h"
#include "model/number_format.h"
#include "model/parallel.h"

namespace exitscope {

namespace {

// Those that are equal stay in the order of the accounts, which is by net time; what is not known comes last.
std::vector<std::size_t> sortedRows(const Accounts &accounts, Measure by)
{
    std::vector<std::size_t> rows(accounts.size());
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    if (by != Measure::Net)
        std::ranges::stable_sort(
            rows, std::greater<>(), [&](std::size_t row) { return accounts.sums(row).in(by).value_or(-1); });
    return rows;
}

QString restText(Measure by)
{
    switch (by) {
    case Measure::Count:
        return QStringLiteral("of fewer exits");
    case Measure::Gross:
        return QStringLiteral("that took less");
    case Measure::Net:
        break;
    }
    return QStringLiteral("that cost less");
}

class AccountsOutput {
public:
    AccountsOutput(Output &output, const KeyContext &context, const Accounts &accounts, Measure sortedBy,
        std::optional<std::size_t> top)
        : m_output(output), m_context(context), m_accounts(accounts), m_sortedBy(sortedBy),
          m_rows(sortedRows(accounts, sortedBy))
    {
        m_rows.resize(std::min(top.value_or(m_rows.size()), m_rows.size()));
    }

    void writeText();
    void writeCsv();
    void writeJson();

private:
    // Calls use(row, group) for the rows that are shown: as many at a time as are worth several cores.
    void forEachRow(const auto &use) const;
    // Calls use(row of the table of keys, value) for each key of a row of accounts.
    void forEachKey(std::size_t row, const auto &use) const;
    void addTotal(JsonWriter &json) const;

    Output &m_output;
    const KeyContext &m_context;
    const Accounts &m_accounts;
    Measure m_sortedBy;
    std::vector<std::size_t> m_rows; // of the accounts: those that are shown, in their order
};

void AccountsOutput::forEachRow(const auto &use) const
{
    constexpr std::size_t kAtOnce = 4096;
    std::vector<ExitGroup> groups;
    for (std::size_t first = 0; first < m_rows.size(); first += kAtOnce) {
        groups.assign(std::min(kAtOnce, m_rows.size() - first), {});
        inParallel(groups.size(), [&](std::size_t i) { groups[i] = m_accounts.group(m_rows[first + i]); });
        for (std::size_t i = 0; i < groups.size(); ++i)
            use(m_rows[first + i], groups[i]);
    }
}

void AccountsOutput::forEachKey(std::size_t row, const auto &use) const
{
    const std::vector<KeyValue> values = m_accounts.values(row);
    for (std::size_t k = 0; k < values.size(); ++k)
        use(info(m_accounts.keys()[k]), values[k]);
}

void AccountsOutput::writeText()
{
    QStringList header, left;
    for (const AccountKey key : m_accounts.keys()) {
        const QString title = QString::fromLatin1(info(key).title);
        header << title;
        if (info(key).isText)
            left << title;
    }
    TextTable table(header + costColumns(), left);
    bool isNetKnown = true;
    forEachRow([&](std::size_t row, const ExitGroup &group) {
        QStringList cells;
        forEachKey(row, [&](const AccountKeyRow &key, KeyValue value) { cells << key.text(m_context, value); });
        table.add(cells + costs(group, m_accounts.total().knownNet()));
        isNetKnown = isNetKnown && group.knownNet;
    });
    const std::size_t rest = m_accounts.size() - m_rows.size();
    m_output.write(table.text().toStdString());
    if (rest > 0)
        m_output.write(QStringLiteral("  and %1 rows more %2 (--top N prints N)\n")
                           .arg(formatCount(qint64(rest)), restText(m_sortedBy))
                           .toStdString());
    if (!isNetKnown)
        m_output.write(netNote(m_context.recording).toStdString());
}

void AccountsOutput::writeCsv()
{
    CsvWriter csv(m_output);
    for (const AccountKey key : m_accounts.keys())
        csv.text(std::string_view(info(key).name));
    addGroupHeader(csv);
    csv.endRow();
    forEachRow([&](std::size_t row, const ExitGroup &group) {
        forEachKey(row, [&](const AccountKeyRow &key, KeyValue value) { csv.text(key.text(m_context, value)); });
        addGroup(csv, group);
        csv.endRow();
    });
}

void AccountsOutput::writeJson()
{
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-accounts/1"));
    json.key("keys").beginArray();
    for (const AccountKey key : m_accounts.keys())
        json.text(QString::fromLatin1(info(key).name));
    json.endArray();
    json.key("rows_in_all").integer(std::int64_t(m_accounts.size()));
    addTotal(json);
    json.key("rows").beginArray();
    // Options for vCPUs select all of them: those of a VM would bring in the others of it.
    const bool hasVcpus = std::ranges::find(m_accounts.keys(), AccountKey::Vcpu) != m_accounts.keys().end();
    forEachRow([&](std::size_t row, const ExitGroup &group) {
        json.beginObject();
        QStringList filter;
        forEachKey(row, [&](const AccountKeyRow &key, KeyValue value) {
            json.key(key.name).text(key.text(m_context, value));
            if (key.key != AccountKey::Vm || !hasVcpus)
                filter << key.filter(m_context, value);
        });
        json.key("filter").beginArray();
        for (const QString &word : filter)
            json.text(word);
        json.endArray();
        addGroup(json, group);
        json.endObject();
        m_output.write(json.take().toStdString());
    });
    json.endArray();
    json.endObject();
    m_output.write(json.result().toStdString());
}

void AccountsOutput::addTotal(JsonWriter &json) const
{
    const GroupSum &total = m_accounts.total();
    json.key("total").beginObject();
    json.key("count").integer(total.count);
    json.key("timed").integer(total.timed);
    json.key("gross_ns").integer(total.parts.gross());
    json.key("net_ns").integer(total.parts.net());
    json.endObject();
}

} // namespace

void writeAccounts(Output &output, const Options &options, const Recording &recording, const Selection &selection,
    const GuestSymbols &symbols)
{
    KeyContext context(recording, &symbols);
    context.guests = selection.guests.get();
    const Accounts accounts = accountsOf(recording, selection, options.keys, nullptr, &symbols);
    if (options.folded)
        return output.write(foldedStacks(context, accounts, *options.folded).toStdString());
    constexpr std::size_t kMostOfText = 40; // what people look through
    const bool isText = options.format == ReportFormat::Text;
    AccountsOutput out(output, context, accounts, options.sortedBy, options.top || !isText ? options.top : kMostOfText);
    switch (options.format) {
    case ReportFormat::Text:
        return out.writeText();
    case ReportFormat::Csv:
        return out.writeCsv();
    case ReportFormat::Json:
        return out.writeJson();
    }
}

} // namespace exitscope
