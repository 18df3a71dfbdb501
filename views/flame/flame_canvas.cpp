// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/flame/flame_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

#include "views/chart/plain_text.h"
#include "views/flame/flame_chart.h"
#include "views/tables/table_rows.h"

namespace exitscope {

namespace {

constexpr int kWheelStep = 120; // eighths of a degree

} // namespace

FlameCanvas::FlameCanvas(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Flame graph"));
    setMinimumSize(60, 40);
}

void FlameCanvas::setFlame(FlameLayout layout, const Theme &theme, bool isOld)
{
    if (layout.stacks != m_layout.stacks) { // frames are known by their places in them
        m_current.reset();
        m_pressed.reset();
    }
    m_layout = std::move(layout);
    m_theme = theme;
    m_isOld = isOld;
    if (m_current && !m_layout.of(*m_current))
        m_current.reset();
    update();
}

void FlameCanvas::clear()
{
    m_layout = {};
    m_current.reset();
    m_pressed.reset();
    update();
}

void FlameCanvas::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (!m_layout.stacks) {
        painter.fillRect(rect(), m_theme.window());
        painter.setPen(m_theme.mutedText());
        return painter.drawText(rect(), Qt::AlignCenter, tr("Being computed …"));
    }
    if (m_isOld)
        painter.setOpacity(0.6);
    paintFlame(painter, m_layout, size(), m_theme, hasFocus() ? m_current : std::nullopt);
}

void FlameCanvas::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    Q_EMIT resized();
}

bool FlameCanvas::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<const QHelpEvent *>(event);
    if (const FlameFrame *frame = m_layout.at(help->pos()))
        QToolTip::showText(
            help->globalPos(), plainTip(flameToolTip(m_layout, *frame)), this, frame->rect.toAlignedRect());
    else
        QToolTip::hideText();
    return true;
}

void FlameCanvas::mousePressEvent(QMouseEvent *event)
{
    const FlameFrame *frame = event->button() == Qt::LeftButton ? m_layout.at(event->position()) : nullptr;
    m_pressed = frame && !frame->isRest ? std::optional(frame->node) : std::nullopt;
}

void FlameCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    const FlameFrame *frame = m_layout.at(event->position());
    const auto pressed = std::exchange(m_pressed, std::nullopt);
    if (event->button() != Qt::LeftButton || !frame || frame->isRest || frame->node != pressed)
        return;
    setCurrent(frame->node);
    Q_EMIT chosen(frame->node, event->modifiers().testFlag(Qt::ControlModifier));
}

// Its release is no click.
void FlameCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    m_pressed.reset();
    if (const FlameFrame *frame = event->button() == Qt::LeftButton ? m_layout.at(event->position()) : nullptr)
        Q_EMIT zoomWanted(frame->node);
}

AccountTree::Node FlameCanvas::above(AccountTree::Node node) const
{
    const FlameFrame *frame = m_layout.of(node);
    if (!frame || node.level == 0)
        return {};
    const FlameFrame *parent = m_layout.at({frame->rect.center().x(), frame->rect.top() - 1});
    return parent ? parent->node : AccountTree::Node{};
}

// Forward: a level nearer to the frame that the pointer is on; back: a level up.
void FlameCanvas::wheelEvent(QWheelEvent *event)
{
    event->accept();
    m_wheel += event->angleDelta().y();
    const FlameFrame *frame = m_layout.at(event->position());
    const AccountTree::Node zoomed = m_layout.zoomed;
    if (m_wheel <= -kWheelStep) {
        m_wheel = 0;
        Q_EMIT zoomWanted(above(zoomed));
    } else if (m_wheel >= kWheelStep) {
        m_wheel = 0;
        if (!frame || frame->node.level <= zoomed.level)
            return;
        AccountTree::Node to = frame->node;
        while (to.level > zoomed.level + 1)
            to = above(to);
        Q_EMIT zoomWanted(to);
    }
}

void FlameCanvas::setCurrent(AccountTree::Node node)
{
    m_current = node;
    if (const FlameFrame *frame = m_layout.of(node))
        setAccessibleDescription(flameToolTip(m_layout, *frame));
    update();
}

// Up and down between levels, left and right on one.
void FlameCanvas::move(int key)
{
    const FlameFrame *now = m_current ? m_layout.of(*m_current) : nullptr;
    if (!now)
        return setCurrent(m_layout.zoomed);
    const FlameFrame *best = nullptr;
    const QRectF from = now->rect;
    for (const FlameFrame &frame : m_layout.frames) {
        if (frame.isRest)
            continue;
        const bool isSameRow = frame.node.level == now->node.level;
        const bool isLeft = isSameRow && frame.rect.center().x() < from.left();
        const bool isRight = isSameRow && frame.rect.center().x() > from.right();
        const bool isNearer = !best
            || std::abs(frame.rect.center().x() - from.center().x())
                < std::abs(best->rect.center().x() - from.center().x());
        if ((key == Qt::Key_Left && isLeft && isNearer) || (key == Qt::Key_Right && isRight && isNearer))
            best = &frame;
        else if (key == Qt::Key_Down && !best && frame.node.level == now->node.level + 1
            && from.contains(QPointF(frame.rect.center().x(), from.center().y())))
            best = &frame; // the widest comes first
    }
    if (key == Qt::Key_Up && now->node.level > 0)
        return setCurrent(above(now->node));
    if (best)
        setCurrent(best->node);
}

void FlameCanvas::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        return move(event->key());
    case Qt::Key_Backspace:
        Q_EMIT zoomWanted(above(m_layout.zoomed));
        return;
    default:
        break;
    }
    if (!m_current || !isChoiceKey(event->key()))
        return QWidget::keyPressEvent(event);
    if (event->modifiers().testFlag(Qt::ShiftModifier))
        Q_EMIT zoomWanted(*m_current);
    else
        Q_EMIT chosen(*m_current, event->modifiers().testFlag(Qt::ControlModifier));
}

} // namespace exitscope
