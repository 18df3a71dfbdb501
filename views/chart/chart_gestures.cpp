// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/chart_gestures.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <QWidget>

namespace exitscope {

ChartGestures::ChartGestures(ViewState &state, QWidget &surface) : QObject(&surface), m_state(state), m_surface(surface)
{
    surface.setMouseTracking(true);
    surface.setFocusPolicy(Qt::StrongFocus);
    surface.installEventFilter(this);
}

bool ChartGestures::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != &m_surface || !isShown())
        return false;
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        return mousePressed(*static_cast<QMouseEvent *>(event));
    case QEvent::MouseMove:
        mouseMoved(*static_cast<QMouseEvent *>(event));
        return true;
    case QEvent::MouseButtonRelease:
        return mouseReleased(*static_cast<QMouseEvent *>(event));
    case QEvent::MouseButtonDblClick:
        return doubleClicked(*static_cast<QMouseEvent *>(event));
    case QEvent::Wheel:
        wheel(*static_cast<QWheelEvent *>(event));
        return true;
    case QEvent::ShortcutOverride: // Esc ends a drag, whatever the window does with it otherwise
        if (isDragging() && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
            event->accept();
        return event->isAccepted();
    case QEvent::KeyPress:
        return keyPressed(*static_cast<QKeyEvent *>(event));
    case QEvent::Leave:
        mouseLeft();
        return false;
    case QEvent::ToolTip:
        toolTip(*static_cast<QHelpEvent *>(event));
        return true;
    default:
        return false;
    }
}

bool ChartGestures::keyPressed(const QKeyEvent &event)
{
    if (event.key() == Qt::Key_Escape) {
        if (!isDragging())
            return false;
        endDrag();
        m_state.cancelGesture(m_gesture);
        return true;
    }
    if (event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier))
        return false;
    switch (event.key()) {
    case Qt::Key_W:
        zoom(kZoomPerStep, zoomedAround());
        return true;
    case Qt::Key_S:
        zoom(1 / kZoomPerStep, zoomedAround());
        return true;
    case Qt::Key_A:
    case Qt::Key_Left:
        pan(-1);
        return true;
    case Qt::Key_D:
    case Qt::Key_Right:
        pan(1);
        return true;
    default:
        return false;
    }
}

bool ChartGestures::wheelPans(const QWheelEvent &event)
{
    const QPoint delta = event.angleDelta();
    if (!(event.modifiers() & Qt::ShiftModifier) && std::abs(delta.x()) <= std::abs(delta.y()))
        return false;
    const int turned = delta.x() != 0 ? delta.x() : delta.y(); // some systems turn the wheel for Shift, some do not
    pan(-turned / kWheelStep);
    return true;
}

void ChartGestures::zoom(double factor, Ns around)
{
    m_state.zoom(factor, around, m_run.next(m_state, ZoomRun));
}

void ChartGestures::pan(double steps)
{
    m_state.pan(steps * kPanPerStep, m_run.next(m_state, PanRun));
}

void ChartGestures::toolTip(const QHelpEvent &event)
{
    const QString text = isDragging() ? QString() : toolTipAt(event.pos());
    if (text.isEmpty())
        QToolTip::hideText();
    else // until the pointer leaves the place that it speaks of
        QToolTip::showText(event.globalPos(), text, &m_surface, QRect(event.pos() - QPoint(2, 2), QSize(5, 5)));
}

} // namespace exitscope
