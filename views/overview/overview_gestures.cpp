// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overview_gestures.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>
#include <QWidget>

#include "views/overview/overview_tooltip.h"

namespace exitscope {

void OverviewGestures::setShown(std::shared_ptr<const OverviewLayout> layout, std::shared_ptr<const ExitRate> rate)
{
    m_layout = std::move(layout);
    m_rate = std::move(rate);
    if (!m_layout)
        m_drag = Drag::None;
}

bool OverviewGestures::mousePressed(const QMouseEvent &event)
{
    if (event.button() != Qt::LeftButton || m_drag != Drag::None)
        return false;
    m_surface.setFocus(Qt::MouseFocusReason);
    m_pressed = event.position();
    m_visibleBefore = m_state.values().visible;
    m_run.end();
    m_gesture = m_state.newGesture();
    switch (m_layout->hit(m_pressed)) {
    case OverviewLayout::Hit::Outside:
        m_drag = Drag::Outside;
        break;
    case OverviewLayout::Hit::Window: // nothing to move while all is visible
        m_drag = m_visibleBefore == m_state.bounds() ? Drag::Outside : Drag::Move;
        break;
    case OverviewLayout::Hit::LeftEdge:
        m_drag = Drag::LeftEdge;
        break;
    case OverviewLayout::Hit::RightEdge:
        m_drag = Drag::RightEdge;
        break;
    }
    return true;
}

void OverviewGestures::mouseMoved(const QMouseEvent &event)
{
    const QPointF pos = event.position();
    if (m_drag == Drag::None) {
        const OverviewLayout::Hit hit = m_layout->hit(pos);
        const bool edge = hit == OverviewLayout::Hit::LeftEdge || hit == OverviewLayout::Hit::RightEdge;
        const bool movable = hit == OverviewLayout::Hit::Window && m_state.values().visible != m_state.bounds();
        m_surface.setCursor(edge ? Qt::SizeHorCursor : movable ? Qt::OpenHandCursor : Qt::ArrowCursor);
        return;
    }
    if (m_drag == Drag::Outside && (pos - m_pressed).manhattanLength() >= QApplication::startDragDistance())
        m_drag = Drag::New;
    drag(m_layout->scale.pxToTime(pos.x()));
}

void OverviewGestures::drag(Ns to)
{
    const Ns from = m_layout->scale.pxToTime(m_pressed.x());
    const TimeRange bounds = m_state.bounds();
    to = std::clamp(to, bounds.from, bounds.to);
    switch (m_drag) {
    case Drag::New:
        m_state.setVisible({from, to}, m_gesture);
        break;
    case Drag::Move:
        m_state.setVisible({m_visibleBefore.from + to - from, m_visibleBefore.to + to - from}, m_gesture);
        break;
    case Drag::LeftEdge:
        m_state.setVisible({to, m_visibleBefore.to}, m_gesture);
        break;
    case Drag::RightEdge:
        m_state.setVisible({m_visibleBefore.from, to}, m_gesture);
        break;
    case Drag::None:
    case Drag::Outside:
        break;
    }
}

bool OverviewGestures::mouseReleased(const QMouseEvent &event)
{
    if (event.button() != Qt::LeftButton || m_drag == Drag::None)
        return false;
    if (m_drag == Drag::Outside)
        centre(m_layout->scale.pxToTime(event.position().x()));
    m_drag = Drag::None;
    return true;
}

void OverviewGestures::centre(Ns t)
{
    const Ns length = m_state.values().visible.length();
    m_state.setVisible({t - length / 2, t - length / 2 + length}, m_gesture);
}

void OverviewGestures::wheel(const QWheelEvent &event)
{
    if (wheelPans(event))
        return;
    // There are no rows to scroll, so the wheel zooms with or without Ctrl.
    const TimeRange &visible = m_state.values().visible;
    const Ns at = std::clamp(m_layout->scale.pxToTime(event.position().x()), visible.from, visible.to);
    zoom(std::pow(kZoomPerStep, event.angleDelta().y() / kWheelStep), at);
}

Ns OverviewGestures::zoomedAround() const
{
    const TimeRange &visible = m_state.values().visible;
    return visible.from + visible.length() / 2;
}

QString OverviewGestures::toolTipAt(const QPoint &pos) const
{
    return overviewToolTip(*m_layout, *m_rate, pos);
}

} // namespace exitscope
