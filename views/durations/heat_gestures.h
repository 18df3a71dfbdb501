// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/chart_gestures.h"
#include "views/durations/heat_layout.h"

namespace exitscope {

// Gestures on the heat map: a drag selects a range of time and a band of durations at once, a click drops both; wheel
// and keys move in time as in the timeline.
class HeatGestures : public ChartGestures {
    Q_OBJECT

public:
    HeatGestures(ViewState &state, QWidget &surface) : ChartGestures(state, surface) { }

    void setShown(std::shared_ptr<const HeatLayout> layout);

private:
    enum class Drag : std::uint8_t { None, Pressed, Select, Pan };

    bool isShown() const override { return m_layout != nullptr; }
    bool isDragging() const override { return m_drag != Drag::None; }
    void endDrag() override { m_drag = Drag::None; }
    Ns zoomedAround() const override;
    QString toolTipAt(const QPoint &pos) const override;
    bool mousePressed(const QMouseEvent &event) override;
    void mouseMoved(const QMouseEvent &event) override;
    bool mouseReleased(const QMouseEvent &event) override;
    void wheel(const QWheelEvent &event) override;
    void selectTo(const QPointF &pos);
    void drop();

    std::shared_ptr<const HeatLayout> m_layout;
    Drag m_drag = Drag::None;
    std::shared_ptr<const HeatLayout> m_pressedOn; // what was shown then: what it selects may give the axis more room
};

} // namespace exitscope
