// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/session/live_accounts.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"
#include "views/tables/statistics_columns.h"
#include "views/tables/statistics_model.h"

namespace exitscope {

// A tree of accounts with the columns of statistics. Rows are made where they are shown: of each parent the dearest,
// and one that tells how many there are beside. What needs the single exits is "…" until it is given.
class CausesModel : public QAbstractItemModel {
    Q_OBJECT

public:
    // Beside those of StatisticsModel, which mean the same here. SortRole: what a column is sorted by.
    enum Role { SortRole = StatisticsModel::OldRole + 1 };
    static constexpr std::size_t kMostRows = 1000; // of one parent

    explicit CausesModel(QObject *parent = nullptr);
    ~CausesModel() override;

    void setTree(std::shared_ptr<const CauseTree> tree);
    const std::shared_ptr<const CauseTree> &tree() const { return m_tree; }
    // What is shown is of an older selection, or by other keys.
    void setOld(bool isOld);
    void setFilters(const ExitFilters &filters);
    void setTheme(const Theme &theme);
    void setGroups(const std::vector<AccountTree::Node> &nodes, const std::vector<ExitGroup> &groups);

    // Of a row; nothing where it only tells of others.
    std::optional<std::vector<KeyValue>> valuesOf(const QModelIndex &index) const;
    std::optional<ExitFilters> filtersOf(const QModelIndex &index) const;
    // The row with these values, made if need be; invalid if it is not shown.
    QModelIndex find(const std::vector<KeyValue> &values);

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void groupsWanted(const std::vector<exitscope::AccountTree::Node> &nodes); // of rows that are new

private:
    struct Row;

    Row *rowAt(const QModelIndex &index) const; // the root of what is invalid
    QModelIndex indexOf(const Row &row, int column = 0) const;
    void makeRows(Row &parent);
    void repaint(const Row &parent);
    StatisticsRow statisticsOf(const Row &row) const;
    QVariant cell(const Row &row, int column, int role) const;
    QVariant nameCell(const Row &row, int role) const;
    QVariant look(const Row &row, int column, int role) const;
    bool isWaiting(const Row &row, int column) const;

    std::shared_ptr<const CauseTree> m_tree;
    std::optional<KeyContext> m_context; // of m_tree
    Totals m_all;
    std::unique_ptr<Row> m_root;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Row *> m_rows; // by level and number of the node
    const std::vector<StatisticsColumn> &m_columns;
    bool m_isOld = false;
    ExitFilters m_filters;
    Theme m_theme = Theme::light();
};

} // namespace exitscope
