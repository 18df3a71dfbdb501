// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/findings/finding_delegate.h"

#include <QListView>
#include <QPainter>

#include <algorithm>
#include <array>

#include "views/findings/findings_model.h"

namespace exitscope {

namespace {

constexpr int kMargin = 8; // px around the lines
constexpr int kGap = 2; // px between paragraphs
constexpr int kBar = 4; // px: its height is the share of the overhead
constexpr int kFlags = Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop;

struct Paragraph {
    QString text;
    QFont font;
    bool isMuted = false;
};

std::array<Paragraph, 4> paragraphs(const QFont &font, const QModelIndex &index)
{
    QFont bold = font;
    bold.setBold(true);
    return {Paragraph{index.data(Qt::DisplayRole).toString(), bold},
        Paragraph{index.data(FindingsModel::CostRole).toString(), font},
        Paragraph{index.data(FindingsModel::FactsRole).toString(), font, true},
        Paragraph{index.data(FindingsModel::AdviceRole).toString(), font}};
}

int heightOf(const Paragraph &paragraph, int width)
{
    return QFontMetrics(paragraph.font).boundingRect(QRect(0, 0, width, 10'000), kFlags, paragraph.text).height();
}

int textWidth(const QStyleOptionViewItem &option)
{
    const auto *list = qobject_cast<const QListView *>(option.widget);
    const int width = list ? list->viewport()->width() : option.rect.width();
    return std::max(80, width - 2 * kMargin - kBar);
}

} // namespace

void FindingDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    const bool isShown = index.data(FindingsModel::IsShownRole).toBool();
    painter->fillRect(option.rect, isShown ? m_theme.selectionFill() : m_theme.base());
    const QVariant share = index.data(FindingsModel::ShareRole);
    if (share.isValid()) {
        const double part = std::clamp(share.toDouble() / 100, 0.0, 1.0);
        const int height = std::max(2, int(part * (option.rect.height() - 2)));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom() - height, kBar, height), m_theme.accent());
    }
    QRect at = option.rect.adjusted(kMargin + kBar, kMargin, -kMargin, -kMargin);
    for (const Paragraph &paragraph : paragraphs(option.font, index)) {
        painter->setFont(paragraph.font);
        painter->setPen(paragraph.isMuted ? m_theme.mutedText() : m_theme.text());
        painter->drawText(at, kFlags, paragraph.text);
        at.setTop(at.top() + heightOf(paragraph, at.width()) + kGap);
    }
    painter->setPen(m_theme.grid());
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(m_theme.accent());
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int width = textWidth(option);
    int height = 2 * kMargin - kGap;
    for (const Paragraph &paragraph : paragraphs(option.font, index))
        height += heightOf(paragraph, width) + kGap;
    return {width + 2 * kMargin + kBar, height};
}

} // namespace exitscope
