// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QStyledItemDelegate>

#include <functional>

class QHeaderView;

// What tables and trees of numbers have in common: a click chooses a row, which is marked by the model; the keyboard
// moves a current row, which is shown as a whole.
namespace exitscope {

// Shows the row that the keyboard is on as a whole.
class RowDelegate : public QStyledItemDelegate {
public:
    explicit RowDelegate(QAbstractItemView *view) : QStyledItemDelegate(view), m_view(view) { }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    QAbstractItemView *m_view;
};

// The looks of a view of rows, with its delegate. Its header and its model are there.
void setUpRows(QAbstractItemView &view, QHeaderView &header);

bool isChoiceKey(int key);
// Of events of the view: keys of a table are the view's before the window's shortcuts take them. True if the event is
// dealt with; `handle` tells it of a key.
bool takesTableKey(QEvent &event, const std::function<bool(const QKeyEvent &)> &handle);

// How the header sorts by a column that is chosen: what is sorted by it already is turned round; else names from the
// first, numbers from the largest.
Qt::SortOrder nextOrder(const QHeaderView &header, int column);

} // namespace exitscope
