// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/waits/kind_bar.h"

#include <QPainter>

#include <algorithm>

namespace exitscope {

namespace {

constexpr int kBarWidth = 110; // px, at least
constexpr int kBarMargin = 3; // px around a bar
constexpr int kLegendMargin = 6; // px
constexpr int kEntryGap = 12; // px between entries
constexpr int kSwatchGap = 5; // px between a colour and its name

QString kindTitle(const TakerKindInfo &kind)
{
    return QString::fromUtf8(kind.title.data(), qsizetype(kind.title.size()));
}

} // namespace

void KindBarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    RowDelegate::paint(painter, option, index);
    const NumberRow *row = m_rowOf(index);
    if (!row || row->parts.empty())
        return;
    const QRectF bar = QRectF(option.rect).adjusted(kBarMargin, kBarMargin, -kBarMargin, -kBarMargin);
    double x = bar.left();
    for (std::size_t kind = 0; kind < row->parts.size(); ++kind) {
        const double width = bar.width() * row->parts[kind] / 100;
        if (width > 0)
            painter->fillRect(QRectF(x, bar.top(), width, bar.height()), m_theme.taker(TakerKind(kind)));
        x += width;
    }
}

QSize KindBarDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return RowDelegate::sizeHint(option, index).expandedTo({kBarWidth, 0});
}

KindLegend::KindLegend(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("Colours of the kinds of threads"));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void KindLegend::setTheme(const Theme &theme)
{
    m_theme = theme;
    update();
}

QSize KindLegend::sizeHint() const
{
    constexpr int kWide = 560;
    return {kWide, layOut(kWide, nullptr)};
}

QSize KindLegend::minimumSizeHint() const
{
    return {0, layOut(std::max(1, width()), nullptr)};
}

void KindLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    layOut(width(), &painter);
}

int KindLegend::layOut(int width, QPainter *painter) const
{
    const QFontMetrics metrics = fontMetrics();
    const int swatch = metrics.ascent();
    const int line = metrics.height();
    int x = kLegendMargin;
    int y = kLegendMargin / 2;
    for (const TakerKindInfo &kind : kTakerKindTable) {
        const int entry = swatch + kSwatchGap + metrics.horizontalAdvance(kindTitle(kind));
        if (x > kLegendMargin && x + entry > width - kLegendMargin) {
            x = kLegendMargin;
            y += line;
        }
        if (painter) {
            painter->fillRect(QRect(x, y + (line - swatch) / 2, swatch, swatch), m_theme.taker(kind.kind));
            painter->setPen(m_theme.mutedText());
            painter->drawText(QRect(x + swatch + kSwatchGap, y, entry, line), Qt::AlignVCenter, kindTitle(kind));
        }
        x += entry + kEntryGap;
    }
    return y + line + kLegendMargin / 2;
}

} // namespace exitscope
