// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview_gestures.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <QWidget>

#include "model/statistics/number_format.h"
#include "views/overview_tooltip.h"

namespace exitscope {

namespace {

constexpr double kWheelStep = 120; // eighths of a degree
constexpr double kZoomPerStep = 0.8;
constexpr double kPanPerStep = 0.1; // of what is visible

} // namespace

OverviewGestures::OverviewGestures(ViewState &state, QWidget &surface)
    : QObject(&surface), m_state(state), m_surface(surface)
{
    surface.setMouseTracking(true);
    surface.setFocusPolicy(Qt::StrongFocus);
    surface.installEventFilter(this);
}

void OverviewGestures::setShown(std::shared_ptr<const OverviewLayout> layout, std::shared_ptr<const ExitRate> rate)
{
    m_layout = std::move(layout);
    m_rate = std::move(rate);
    if (!m_layout)
        m_drag = Drag::None;
}

bool OverviewGestures::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != &m_surface || !m_layout)
        return false;
    switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick: // two clicks
        return mousePressed(*static_cast<QMouseEvent *>(event));
    case QEvent::MouseMove:
        mouseMoved(*static_cast<QMouseEvent *>(event));
        return true;
    case QEvent::MouseButtonRelease:
        return mouseReleased(*static_cast<QMouseEvent *>(event));
    case QEvent::Wheel:
        wheel(*static_cast<QWheelEvent *>(event));
        return true;
    case QEvent::ShortcutOverride: // Esc ends a drag, whatever the window does with it otherwise
        if (m_drag != Drag::None && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
            event->accept();
        return event->isAccepted();
    case QEvent::KeyPress:
        return keyPressed(*static_cast<QKeyEvent *>(event));
    case QEvent::ToolTip:
        toolTip(*static_cast<QHelpEvent *>(event));
        return true;
    default:
        return false;
    }
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

void OverviewGestures::zoom(double factor, Ns around)
{
    m_state.zoom(factor, around, m_run.next(m_state, ZoomRun));
}

void OverviewGestures::wheel(const QWheelEvent &event)
{
    const QPoint delta = event.angleDelta();
    if ((event.modifiers() & Qt::ShiftModifier) || std::abs(delta.x()) > std::abs(delta.y())) {
        const int steps = delta.x() != 0 ? delta.x() : delta.y();
        m_state.pan(-kPanPerStep * steps / kWheelStep, m_run.next(m_state, PanRun));
    } else { // there are no rows to scroll, so the wheel zooms with or without Ctrl
        const TimeRange &visible = m_state.values().visible;
        const Ns at = std::clamp(m_layout->scale.pxToTime(event.position().x()), visible.from, visible.to);
        zoom(std::pow(kZoomPerStep, delta.y() / kWheelStep), at);
    }
}

bool OverviewGestures::keyPressed(const QKeyEvent &event)
{
    if (event.key() == Qt::Key_Escape && m_drag != Drag::None) {
        m_drag = Drag::None;
        m_state.cancelGesture(m_gesture);
        return true;
    }
    if (event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier))
        return false;
    const TimeRange &visible = m_state.values().visible;
    const Ns middle = visible.from + visible.length() / 2;
    switch (event.key()) {
    case Qt::Key_W:
        zoom(kZoomPerStep, middle);
        return true;
    case Qt::Key_S:
        zoom(1 / kZoomPerStep, middle);
        return true;
    case Qt::Key_A:
    case Qt::Key_Left:
        m_state.pan(-kPanPerStep, m_run.next(m_state, PanRun));
        return true;
    case Qt::Key_D:
    case Qt::Key_Right:
        m_state.pan(kPanPerStep, m_run.next(m_state, PanRun));
        return true;
    default:
        return false;
    }
}

void OverviewGestures::toolTip(const QHelpEvent &event)
{
    const QString text = m_drag == Drag::None ? overviewToolTip(*m_layout, *m_rate, event.pos()) : QString();
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(event.globalPos(), text, &m_surface, QRect(event.pos() - QPoint(1, 2), QSize(3, 5)));
}

} // namespace exitscope
