// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/causes/account_rows.h"

#include <QAbstractTableModel>

#include "views/tables/statistics_model.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

// The rows of accounts as a table, as far as files need it.
class AccountRows : public QAbstractTableModel {
public:
    AccountRows(const AccountsOf &of, CancelFlag cancel)
        : m_context(of.context()),
          m_accounts(accountsOf(*of.recording, of.selection, of.keys, cancel, of.symbols.get())),
          m_groups(m_accounts.groups(0, m_accounts.size(), cancel)), m_all(totalsOf(m_accounts.total()))
    {
    }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_groups.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(keys() + groupColumns().size() - 1); // the keys instead of the name
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (role != StatisticsModel::RawRole)
            return {};
        const auto row = std::size_t(index.row());
        const auto column = std::size_t(index.column());
        if (column < keys())
            return info(m_accounts.keys()[column]).text(m_context, m_accounts.values(row)[column]);
        StatisticsRow of;
        of.group = &m_groups[row];
        of.all = &m_all;
        return groupColumns()[column - keys() + 1].value(of);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || role != StatisticsModel::RawRole)
            return {};
        const auto column = std::size_t(section);
        return column < keys() ? QString::fromLatin1(info(m_accounts.keys()[column]).name)
                               : groupColumns()[column - keys() + 1].field;
    }

private:
    std::size_t keys() const { return m_accounts.keys().size(); }

    KeyContext m_context;
    Accounts m_accounts;
    std::vector<ExitGroup> m_groups;
    Totals m_all;
};

} // namespace

Totals totalsOf(const GroupSum &sums)
{
    Totals totals;
    totals.exits = sums.count;
    totals.timed = sums.timed;
    totals.reasons.push_back({sums.group(), 0}); // all of them as one
    return totals;
}

QString accountsCsv(const AccountsOf &of, CancelFlag cancel)
{
    return toCsv(AccountRows(of, cancel));
}

} // namespace exitscope
