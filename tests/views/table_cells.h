// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

// Rows and columns of tables by their names. Of columns these are the ones in files.
namespace exitscope::test {

// The program ends if the table has none.
int columnOf(const QAbstractItemModel &model, const QString &field);
QModelIndex cell(const QModelIndex &row, const char *field);
QVariant raw(const QModelIndex &row, const char *field); // its value as files have it
// Not valid if there is none.
QModelIndex rowNamed(const QAbstractItemModel &model, const QString &name, const QModelIndex &parent = {});

} // namespace exitscope::test
