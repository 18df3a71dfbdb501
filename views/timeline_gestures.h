// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointF>

#include "views/gesture_run.h"
#include "views/timeline_layout.h"

class QHelpEvent;
class QKeyEvent;
class QMouseEvent;
class QWheelEvent;
class QWidget;

namespace exitscope {

// Turns mouse and keys on the timeline into commands of the ViewState.
class TimelineGestures : public QObject {
    Q_OBJECT

public:
    // Watches the widget that the timeline is drawn on.
    TimelineGestures(ViewState &state, QWidget &surface);

    // What the surface shows now.
    void setShown(std::shared_ptr<const TimelineLayout> layout, std::shared_ptr<const ExitIndex> passing);

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void collapseToggled(const QString &vm);
    void scrollRequested(double px); // rows, down

private:
    enum class Drag : std::uint8_t { None, Pressed, Select, Pan };
    enum Run { ZoomRun, PanRun };

    bool mousePressed(const QMouseEvent &event);
    void mouseMoved(const QMouseEvent &event);
    bool mouseReleased(const QMouseEvent &event);
    bool doubleClicked(const QMouseEvent &event);
    void wheel(const QWheelEvent &event);
    bool keyPressed(const QKeyEvent &event);
    void toolTip(const QHelpEvent &event);
    void clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers);
    void labelClicked(const TimelineRow &row, Qt::KeyboardModifiers modifiers);
    bool cancelDrag();
    void zoomTo(const ExitRef &exit);
    void zoom(double factor, const QPointF &pos);
    bool isInPlot(const QPointF &pos) const { return m_layout && m_layout->plot.contains(pos); }

    ViewState &m_state;
    QWidget &m_surface;
    std::shared_ptr<const TimelineLayout> m_layout;
    std::shared_ptr<const ExitIndex> m_passing;
    Drag m_drag = Drag::None;
    GestureId m_gesture = kNoGesture; // of the drag or the last click
    QPointF m_pressed, m_pointer;
    TimeScale m_pressedScale; // a drag goes on in the scale where it began
    GestureRun m_run;
};

} // namespace exitscope
