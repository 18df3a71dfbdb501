// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/table_rows.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>

namespace exitscope {

namespace {

bool isTableKey(const QKeyEvent &event)
{
    const int key = event.key();
    return isChoiceKey(key) || event.matches(QKeySequence::Copy) || key == Qt::Key_Up || key == Qt::Key_Down
        || key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
}

} // namespace

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem plain = option;
    plain.state &= ~QStyle::State_HasFocus;
    QStyledItemDelegate::paint(painter, plain, index);
    if (!m_view->hasFocus() || index.siblingAtColumn(0) != m_view->currentIndex().siblingAtColumn(0))
        return;
    painter->save();
    painter->setPen(QPen(option.palette.color(QPalette::Highlight), 1));
    const QRect cell = option.rect;
    painter->drawLine(cell.topLeft(), cell.topRight());
    painter->drawLine(cell.bottomLeft(), cell.bottomRight());
    painter->restore();
}

void setUpRows(QAbstractItemView &view, QHeaderView &header)
{
    view.setSelectionMode(QAbstractItemView::NoSelection); // what is chosen is in the ViewState
    view.setItemDelegate(new RowDelegate(&view));
    view.setAlternatingRowColors(true);
    view.setTabKeyNavigation(false);
    view.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    header.setHighlightSections(false);
    header.setSectionsMovable(true);
    QObject::connect(
        view.selectionModel(), &QItemSelectionModel::currentRowChanged, &view, [&view] { view.viewport()->update(); });
}

bool isChoiceKey(int key)
{
    return key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
}

bool takesTableKey(QEvent &event, const std::function<bool(const QKeyEvent &)> &handle)
{
    if (event.type() != QEvent::KeyPress && event.type() != QEvent::ShortcutOverride)
        return false;
    const auto &key = static_cast<QKeyEvent &>(event);
    if (event.type() == QEvent::KeyPress)
        return handle(key);
    if (!isTableKey(key))
        return false;
    event.accept();
    return true;
}

Qt::SortOrder nextOrder(const QHeaderView &header, int column)
{
    const bool isSorted = header.sortIndicatorSection() == column;
    const bool isFalling = header.sortIndicatorOrder() == Qt::DescendingOrder;
    const bool falls = isSorted ? !isFalling : column > 0;
    return falls ? Qt::DescendingOrder : Qt::AscendingOrder;
}

} // namespace exitscope
