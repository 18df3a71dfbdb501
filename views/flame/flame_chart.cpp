// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/flame/flame_chart.h"

#include <QPainter>

namespace exitscope {

void paintFlame(QPainter &painter, const FlameLayout &layout, QSize size, const Theme &theme,
    std::optional<AccountTree::Node> current)
{
    const QRectF all(QPointF(), size);
    painter.fillRect(all, theme.window());
    painter.setFont(theme.font());
    if (!layout.message.isEmpty()) {
        painter.setPen(theme.mutedText());
        return painter.drawText(all, Qt::AlignCenter | Qt::TextWordWrap, layout.message);
    }
    for (const FlameFrame &frame : layout.frames) {
        const QRectF inside = frame.rect.adjusted(0, 0, -0.5, -1); // the ground between them tells them apart
        painter.fillRect(inside, frame.colour);
        if (!frame.text.isEmpty()) {
            const QColor text = Theme::textOn(frame.colour);
            painter.setPen(frame.isPale ? theme.mutedText() : text);
            painter.drawText(
                inside.adjusted(3, 0, -3, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, frame.text);
        }
        if (frame.isChosen) {
            painter.setPen(QPen(theme.accent(), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(inside.adjusted(1, 1, -1, -1));
        }
    }
    if (const FlameFrame *frame = current ? layout.of(*current) : nullptr) {
        painter.setPen(QPen(theme.text(), 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(frame->rect.adjusted(0.5, 0.5, -1.5, -1.5));
    }
}

} // namespace exitscope
