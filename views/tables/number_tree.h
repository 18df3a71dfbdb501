// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

#include <functional>
#include <memory>
#include <vector>

#include "model/causes/account_key.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"
#include "views/tables/statistics_model.h"

namespace exitscope {

struct NumberCell {
    QString text; // for people
    QVariant exact = {}; // sorts, and is copied: ns, counts and percent as numbers; invalid where there is none
    QString tip = {}; // beside the column's title; empty: the text
    std::optional<VcpuKey> vcpu = {}; // that it is of
    double heat = -1; // how much it is beside the others, 0 to 1; below: it is not shown so
};

struct NumberRow {
    QString key; // names it among its siblings, whatever the selection
    std::vector<NumberCell> cells; // one of each column
    std::vector<NumberRow> children = {}; // which have none
    std::optional<VcpuKey> vcpu = {};
    std::optional<ReasonKey> reason = {};
    std::optional<TimeRange> range = {}; // that it is of
    std::uint32_t thread = 0; // of a taker
    std::optional<AccountKey> guestKey = {}; // of a guest: what it is, and what it is called on exits
    QString guestLabel = {};
    std::vector<double> parts = {}; // of a bar, in percent
    int colour = -1; // which of the theme's, as the table has it; -1: none
};

struct NumberColumn {
    QString title;
    QString field; // in files
    QString meaning;
    bool isText = false; // else it is aligned to the right
    std::optional<VcpuKey> vcpu = {}; // that the column is of
};

// A table of numbers, or a tree of two levels; made off the GUI thread, and not changed then.
struct NumberRows {
    std::vector<NumberColumn> columns;
    std::vector<NumberRow> rows;
    QString note; // what the numbers are worth, or why there are none; lines
};

// Shows NumberRows with the roles of StatisticsModel.
class NumberTree : public QAbstractItemModel {
    Q_OBJECT

public:
    struct Look {
        std::function<bool(const NumberRow &row, int column, const ViewValues &values)> isChosen; // the filters are it
        std::function<QVariant(const NumberRow &row, int column, const Theme &theme)> decoration = nullptr;
        std::function<QVariant(const NumberRow &row, int column, const Theme &theme)> background = nullptr;
    };

    explicit NumberTree(Look look, QObject *parent = nullptr);

    void setRows(std::shared_ptr<const NumberRows> rows); // may be null
    const std::shared_ptr<const NumberRows> &rows() const { return m_rows; }
    void setOld(bool isOld); // what is shown is of an older selection
    void setValues(const ViewValues &values);
    void setTheme(const Theme &theme);
    const NumberRow *rowAt(const QModelIndex &index) const; // null of what is invalid

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void repaint();
    QVariant look(const NumberRow &row, int column, int role) const;

    Look m_look;
    std::shared_ptr<const NumberRows> m_rows;
    bool m_isOld = false;
    ViewValues m_values;
    Theme m_theme = Theme::light();
};

} // namespace exitscope
