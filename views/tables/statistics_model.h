// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QCollator>
#include <QSortFilterProxyModel>

#include <memory>
#include <vector>

#include "model/session/live_numbers.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"
#include "views/tables/statistics_columns.h"

namespace exitscope {

// The numbers of one topic: a row for each reason, scenario or vCPU, with what is chosen marked.
class StatisticsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    // RawRole: the exact value; of a header its name in files. KnownRole: the exact value that people are told, invalid
    // where it is not known. KeyRole: what the row is about. OldRole: whether what is shown is of an older selection,
    // as long as the numbers are sums; such a cell has no raw value.
    enum Role { RawRole = Qt::UserRole, KnownRole, KeyRole, ChosenRole, OldRole };

    explicit StatisticsModel(StatisticsTopic topic, QObject *parent = nullptr);
    // `old`: whole ones, for what sums alone do not tell; may be null.
    void setNumbers(std::shared_ptr<const Numbers> numbers, std::shared_ptr<const Numbers> old = nullptr);
    void setValues(const ViewValues &values);
    void setTheme(const Theme &theme);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<StatisticsRow> rowsOf(const Numbers &numbers) const;
    bool isChosen(const StatisticsRow &row) const;
    void setOld(std::shared_ptr<const Numbers> old);
    QVariant oldData(int row, int column, int role) const;
    QVariant look(const StatisticsRow &row, int column, int role) const;
    void repaint();

    StatisticsTopic m_topic;
    const std::vector<StatisticsColumn> &m_columns;
    std::shared_ptr<const Numbers> m_numbers;
    std::vector<StatisticsRow> m_rows;
    std::shared_ptr<const Numbers> m_old; // while m_numbers are not whole
    std::vector<std::optional<StatisticsRow>> m_oldRows; // of the same keys as m_rows
    ViewValues m_values;
    Theme m_theme = Theme::light();
};

// Sorts by exact values as people are told them, what has none last; names so that 2 comes before 10.
class StatisticsSorter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit StatisticsSorter(QObject *parent = nullptr);

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QCollator m_collator;
};

} // namespace exitscope
