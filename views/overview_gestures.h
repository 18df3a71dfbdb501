// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointF>

#include "views/gesture_run.h"
#include "views/overview_layout.h"

class QHelpEvent;
class QKeyEvent;
class QMouseEvent;
class QWheelEvent;
class QWidget;

namespace exitscope {

// Turns mouse and keys on the overview into commands of the ViewState: they are about the visible range.
class OverviewGestures : public QObject {
    Q_OBJECT

public:
    OverviewGestures(ViewState &state, QWidget &surface);

    void setShown(std::shared_ptr<const OverviewLayout> layout, std::shared_ptr<const ExitRate> rate);

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    // Outside: pressed, and neither a click nor a drag yet.
    enum class Drag : std::uint8_t { None, Outside, New, Move, LeftEdge, RightEdge };
    enum Run { ZoomRun, PanRun };

    bool mousePressed(const QMouseEvent &event);
    void mouseMoved(const QMouseEvent &event);
    bool mouseReleased(const QMouseEvent &event);
    void wheel(const QWheelEvent &event);
    bool keyPressed(const QKeyEvent &event);
    void toolTip(const QHelpEvent &event);
    void drag(Ns to);
    void centre(Ns t);
    void zoom(double factor, Ns around);

    ViewState &m_state;
    QWidget &m_surface;
    std::shared_ptr<const OverviewLayout> m_layout;
    std::shared_ptr<const ExitRate> m_rate;
    Drag m_drag = Drag::None;
    GestureId m_gesture = kNoGesture;
    QPointF m_pressed;
    TimeRange m_visibleBefore;
    GestureRun m_run;
};

} // namespace exitscope
