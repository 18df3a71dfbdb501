// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/table_cells.h"

#include "views/tables/statistics_model.h"

namespace exitscope::test {

int columnOf(const QAbstractItemModel &model, const QString &field)
{
    for (int column = 0; column < model.columnCount(); ++column)
        if (model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole).toString() == field)
            return column;
    qFatal("no column %s", qPrintable(field));
    return -1;
}

QModelIndex cell(const QModelIndex &row, const char *field)
{
    return row.siblingAtColumn(columnOf(*row.model(), QString::fromUtf8(field)));
}

QVariant raw(const QModelIndex &row, const char *field)
{
    return cell(row, field).data(StatisticsModel::RawRole);
}

QModelIndex rowNamed(const QAbstractItemModel &model, const QString &name, const QModelIndex &parent)
{
    for (int row = 0; row < model.rowCount(parent); ++row)
        if (model.index(row, 0, parent).data() == name)
            return model.index(row, 0, parent);
    return {};
}

} // namespace exitscope::test
