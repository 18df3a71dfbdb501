// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "model/causes/takers.h"
#include "views/chart/theme.h"
#include "views/tables/number_tree.h"
#include "views/tables/table_rows.h"

namespace exitscope {

// Draws a cell of a row that has parts as a stacked bar, in the colours of the kinds of takers.
class KindBarDelegate : public RowDelegate {
public:
    KindBarDelegate(QAbstractItemView *view, std::function<const NumberRow *(const QModelIndex &)> rowOf)
        : RowDelegate(view), m_rowOf(std::move(rowOf))
    {
    }
    void setTheme(const Theme &theme) { m_theme = theme; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    std::function<const NumberRow *(const QModelIndex &)> m_rowOf;
    Theme m_theme = Theme::light();
};

// Which colour is which kind; as many lines as its width needs.
class KindLegend : public QWidget {
    Q_OBJECT

public:
    explicit KindLegend(QWidget *parent = nullptr);
    void setTheme(const Theme &theme);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return layOut(width, nullptr); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int layOut(int width, QPainter *painter) const;

    Theme m_theme = Theme::light();
};

} // namespace exitscope
