// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/heat_gestures.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>
#include <QWidget>

#include <algorithm>
#include <cmath>

#include "views/chart/plain_text.h"

namespace exitscope {

void HeatGestures::setShown(std::shared_ptr<const HeatLayout> layout)
{
    m_layout = std::move(layout);
    if (!m_layout) {
        m_drag = Drag::None;
        m_pressedOn.reset(); // it keeps its recording
    }
}

bool HeatGestures::mousePressed(const QMouseEvent &event)
{
    if (m_drag != Drag::None || (event.button() != Qt::LeftButton && event.button() != Qt::MiddleButton))
        return false; // the right button opens the menu
    m_surface.setFocus(Qt::MouseFocusReason);
    m_pressed = event.position();
    m_pressedOn = m_layout;
    m_run.end();
    m_gesture = m_state.newGesture();
    m_drag = event.button() == Qt::MiddleButton ? Drag::Pan : Drag::Pressed;
    return true;
}

void HeatGestures::mouseMoved(const QMouseEvent &event)
{
    const QPointF pos = event.position();
    const bool isFar = (pos - m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (m_drag == Drag::Pressed && isFar && m_layout->message.isEmpty() && m_layout->plot.contains(m_pressed))
        m_drag = Drag::Select;
    if (m_drag == Drag::Select) {
        selectTo(pos);
    } else if (m_drag == Drag::Pan) {
        const TimeScale &scale = m_pressedOn->scale;
        const Ns by = scale.pxToTime(m_pressed.x()) - scale.pxToTime(pos.x());
        m_state.setVisible({scale.range.from + by, scale.range.to + by}, m_gesture);
    }
}

// The cells from where it was pressed to there, as a whole.
void HeatGestures::selectTo(const QPointF &pos)
{
    const HeatLayout &on = *m_pressedOn;
    const int a = on.pxToColumn(m_pressed.x());
    const int b = on.pxToColumn(pos.x());
    const int low = std::min(on.pxToBin(m_pressed.y()), on.pxToBin(pos.y()));
    const int high = std::max(on.pxToBin(m_pressed.y()), on.pxToBin(pos.y()));
    if (a >= 0 && b >= 0) {
        const std::vector<Ns> &borders = on.map->borders;
        m_state.select(
            TimeRange{borders[std::size_t(std::min(a, b))], borders[std::size_t(std::max(a, b)) + 1]}, m_gesture);
    }
    m_state.setBand(bandOf({low, high + 1}, on.map->of), m_gesture);
}

void HeatGestures::drop()
{
    m_state.select(std::nullopt, m_gesture);
    if (m_state.values().band && m_state.values().band->of == m_layout->map->of)
        m_state.setBand(std::nullopt, m_gesture);
}

bool HeatGestures::mouseReleased(const QMouseEvent &event)
{
    const Drag drag = m_drag;
    if (drag == Drag::None)
        return event.button() != Qt::RightButton;
    if ((event.button() == Qt::MiddleButton) != (drag == Drag::Pan))
        return true; // another button than the one that drags
    m_drag = Drag::None;
    if (drag == Drag::Pressed && m_layout->plot.contains(event.position()))
        drop();
    return true;
}

void HeatGestures::wheel(const QWheelEvent &event)
{
    if (wheelPans(event))
        return;
    const TimeRange &visible = m_state.values().visible;
    const Ns at = std::clamp(m_layout->scale.pxToTime(event.position().x()), visible.from, visible.to);
    zoom(std::pow(kZoomPerStep, event.angleDelta().y() / kWheelStep), at);
}

Ns HeatGestures::zoomedAround() const
{
    const TimeRange &visible = m_state.values().visible;
    return visible.from + visible.length() / 2;
}

QString HeatGestures::toolTipAt(const QPoint &pos) const
{
    return plainTip(heatToolTip(*m_layout, pos));
}

} // namespace exitscope
