// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/guest_symbols.h"
#include "views/chart/chart_gestures.h"
#include "views/timeline/timeline_layout.h"

namespace exitscope {

// Gestures on the timeline: a range is dragged, exits and rows are clicked.
class TimelineGestures : public ChartGestures {
    Q_OBJECT

public:
    TimelineGestures(ViewState &state, QWidget &surface) : ChartGestures(state, surface) { }

    // What the surface shows now.
    void setShown(std::shared_ptr<const TimelineLayout> layout, std::shared_ptr<const ExitIndex> passing);
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols) { m_symbols = std::move(symbols); }

Q_SIGNALS:
    void collapseToggled(const exitscope::VmKey &vm);
    void foldToggled(const exitscope::ThreadFold &fold);
    void pinToggled(const exitscope::GuestThreadKey &thread);
    void scrollRequested(double px); // rows, down

private:
    enum class Drag : std::uint8_t { None, Pressed, Select, Pan };

    bool isShown() const override { return m_layout != nullptr; }
    bool isDragging() const override { return m_drag != Drag::None; }
    void endDrag() override { m_drag = Drag::None; }
    Ns zoomedAround() const override { return timeAt(m_pointer); }
    QString toolTipAt(const QPoint &pos) const override;
    bool mousePressed(const QMouseEvent &event) override;
    void mouseMoved(const QMouseEvent &event) override;
    bool mouseReleased(const QMouseEvent &event) override;
    bool doubleClicked(const QMouseEvent &event) override;
    void mouseLeft() override;
    void wheel(const QWheelEvent &event) override;
    bool keyPressed(const QKeyEvent &event) override;
    void clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers);
    void threadClicked(const TimelineRow &row, const QPointF &pos, Qt::KeyboardModifiers modifiers);
    template <typename T>
    void choose(std::set<T> ExitFilters::*set, const T &value, Qt::KeyboardModifiers modifiers);
    void pcpuClicked(const TimelineRow &row, Qt::KeyboardModifiers modifiers);
    void labelClicked(const TimelineRow &row, Qt::KeyboardModifiers modifiers);
    void zoomTo(const ExitRef &exit);
    bool isInPlot(const QPointF &pos) const { return m_layout && m_layout->plot.contains(pos); }
    Ns timeAt(const QPointF &pos) const; // beside the plot: the middle of what is visible

    std::shared_ptr<const TimelineLayout> m_layout;
    std::shared_ptr<const ExitIndex> m_passing;
    std::shared_ptr<const GuestSymbols> m_symbols;
    Drag m_drag = Drag::None;
    QPointF m_pointer;
    TimeScale m_pressedScale; // a drag goes on in the scale where it began
};

} // namespace exitscope
