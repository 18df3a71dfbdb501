// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/number_tree.h"

#include <QFont>

#include <utility>

#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

// Of an index: the position of its parent, from 1; 0: it is at the top.
quintptr above(const QModelIndex &index)
{
    return index.internalId();
}

} // namespace

NumberTree::NumberTree(Look look, QObject *parent) : QAbstractItemModel(parent), m_look(std::move(look)) { }

void NumberTree::setRows(std::shared_ptr<const NumberRows> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_isOld = false;
    endResetModel();
}

void NumberTree::setOld(bool isOld)
{
    if (std::exchange(m_isOld, isOld) != isOld)
        repaint();
}

void NumberTree::setValues(const ViewValues &values)
{
    if (values == m_values)
        return;
    m_values = values;
    repaint();
}

void NumberTree::setTheme(const Theme &theme)
{
    m_theme = theme;
    repaint();
}

void NumberTree::repaint()
{
    const auto tell = [this](const QModelIndex &parent) {
        if (const int rows = rowCount(parent))
            Q_EMIT dataChanged(index(0, 0, parent), index(rows - 1, columnCount() - 1, parent));
    };
    tell({});
    for (int row = 0; row < rowCount(); ++row)
        tell(index(row, 0));
}

const NumberRow *NumberTree::rowAt(const QModelIndex &index) const
{
    if (!index.isValid() || !m_rows)
        return nullptr;
    const auto row = std::size_t(index.row());
    return above(index) == 0 ? &m_rows->rows[row] : &m_rows->rows[above(index) - 1].children[row];
}

QModelIndex NumberTree::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr(0));
}

QModelIndex NumberTree::parent(const QModelIndex &index) const
{
    return index.isValid() && above(index) > 0 ? createIndex(int(above(index) - 1), 0, quintptr(0)) : QModelIndex();
}

int NumberTree::rowCount(const QModelIndex &parent) const
{
    if (!m_rows || parent.column() > 0)
        return 0;
    return int(parent.isValid() ? rowAt(parent)->children.size() : m_rows->rows.size());
}

int NumberTree::columnCount(const QModelIndex &) const
{
    return m_rows ? int(m_rows->columns.size()) : 0;
}

QVariant NumberTree::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const NumberRow &row = *rowAt(index);
    const int column = index.column();
    const NumberCell &cell = row.cells[std::size_t(column)];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case StatisticsModel::RawRole:
    case StatisticsModel::KnownRole:
        return cell.exact;
    case StatisticsModel::KeyRole:
        return row.key;
    case StatisticsModel::ChosenRole:
        return m_look.isChosen(row, column, m_values);
    case StatisticsModel::OldRole:
        return m_isOld && column > 0;
    case Qt::ToolTipRole: {
        const QString told = cell.tip.isEmpty() ? cell.text : cell.tip;
        if (told.isEmpty())
            return {};
        const QString title = m_rows->columns[std::size_t(column)].title;
        return plainTip(column == 0 ? told : QString(title % QStringLiteral(": ") % told));
    }
    default:
        return look(row, column, role);
    }
}

// What is chosen is told by weight as well as by colour.
QVariant NumberTree::look(const NumberRow &row, int column, int role) const
{
    const auto isChosen = [&] { return m_look.isChosen(row, column, m_values); };
    switch (role) {
    case Qt::DecorationRole:
        return m_look.decoration ? m_look.decoration(row, column, m_theme) : QVariant();
    case Qt::TextAlignmentRole:
        return m_rows->columns[std::size_t(column)].isText ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        return m_isOld ? QVariant(m_theme.mutedText()) : QVariant();
    case Qt::BackgroundRole:
        if (isChosen())
            return m_theme.selectionFill();
        return m_look.background ? m_look.background(row, column, m_theme) : QVariant();
    case Qt::FontRole: {
        if (column > 0 || !isChosen())
            return {};
        QFont font;
        font.setBold(true);
        return font;
    }
    case Qt::AccessibleTextRole:
        return column == 0 && isChosen() ? QVariant(tr("%1, chosen").arg(row.cells.front().text)) : QVariant();
    default:
        return {};
    }
}

QVariant NumberTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const NumberColumn &column = m_rows->columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole:
        return column.title;
    case Qt::ToolTipRole:
        return plainTip(column.meaning);
    case StatisticsModel::RawRole:
        return column.field;
    default:
        return {};
    }
}

} // namespace exitscope
