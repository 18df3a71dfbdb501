// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/chart_gestures.h"
#include "views/overview/overview_layout.h"

namespace exitscope {

// Gestures on the overview are about the visible range.
class OverviewGestures : public ChartGestures {
    Q_OBJECT

public:
    OverviewGestures(ViewState &state, QWidget &surface) : ChartGestures(state, surface) { }

    void setShown(std::shared_ptr<const OverviewLayout> layout, std::shared_ptr<const ExitRate> rate);

private:
    // Outside: pressed, and neither a click nor a drag yet.
    enum class Drag : std::uint8_t { None, Outside, New, Move, LeftEdge, RightEdge };

    bool isShown() const override { return m_layout != nullptr; }
    bool isDragging() const override { return m_drag != Drag::None; }
    void endDrag() override { m_drag = Drag::None; }
    Ns zoomedAround() const override;
    QString toolTipAt(const QPoint &pos) const override;
    bool mousePressed(const QMouseEvent &event) override;
    void mouseMoved(const QMouseEvent &event) override;
    bool mouseReleased(const QMouseEvent &event) override;
    void wheel(const QWheelEvent &event) override;
    void drag(Ns to);
    void centre(Ns t);

    std::shared_ptr<const OverviewLayout> m_layout;
    std::shared_ptr<const ExitRate> m_rate;
    Drag m_drag = Drag::None;
    TimeRange m_visibleBefore;
};

} // namespace exitscope
