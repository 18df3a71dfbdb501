// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointF>

#include "views/chart/gesture_run.h"

class QHelpEvent;
class QKeyEvent;
class QMouseEvent;
class QWheelEvent;
class QWidget;

namespace exitscope {

// What the charts over time have in common: mouse and keys become commands of the ViewState; wheel and keys zoom and
// pan; Esc ends a drag.
class ChartGestures : public QObject {
    Q_OBJECT

public:
    bool eventFilter(QObject *watched, QEvent *event) override;

protected:
    static constexpr double kWheelStep = 120; // eighths of a degree
    static constexpr double kZoomPerStep = 0.8;
    static constexpr double kPanPerStep = 0.1; // of what is visible

    // Watches the widget that the chart is drawn on.
    ChartGestures(ViewState &state, QWidget &surface);

    virtual bool isShown() const = 0; // there is a chart to work on
    virtual bool isDragging() const = 0;
    virtual void endDrag() = 0;
    virtual Ns zoomedAround() const = 0; // by W and S
    virtual QString toolTipAt(const QPoint &pos) const = 0;

    virtual bool mousePressed(const QMouseEvent &event) = 0;
    virtual void mouseMoved(const QMouseEvent &event) = 0;
    virtual bool mouseReleased(const QMouseEvent &event) = 0;
    virtual bool doubleClicked(const QMouseEvent &event) { return mousePressed(event); } // two clicks
    virtual void mouseLeft() { }
    virtual void wheel(const QWheelEvent &event) = 0;
    virtual bool keyPressed(const QKeyEvent &event);

    // With the Shift key, or a wheel that turns sideways: pans. False if it is neither.
    bool wheelPans(const QWheelEvent &event);
    void zoom(double factor, Ns around);
    void pan(double steps);

    ViewState &m_state;
    QWidget &m_surface;
    GestureId m_gesture = kNoGesture; // of the drag or the last click
    GestureRun m_run; // of wheel and keys
    QPointF m_pressed;

private:
    enum Run { ZoomRun, PanRun };

    void toolTip(const QHelpEvent &event);
};

} // namespace exitscope
