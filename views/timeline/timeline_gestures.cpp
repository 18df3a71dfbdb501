// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_gestures.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <QWidget>

#include "model/session/exit_search.h"
#include "views/timeline/timeline_tooltip.h"

namespace exitscope {

namespace {

constexpr double kRowScroll = 40; // px
constexpr double kMargin = 0.25; // of an exit and its run, on both sides

} // namespace

void TimelineGestures::setShown(std::shared_ptr<const TimelineLayout> layout, std::shared_ptr<const ExitIndex> passing)
{
    m_layout = std::move(layout);
    m_passing = std::move(passing);
    if (!m_layout) {
        m_drag = Drag::None;
        m_state.setHovered(std::nullopt);
    } else if (m_drag == Drag::None && m_state.hovered()) { // something else may be below the pointer now
        m_state.setHovered(m_layout->exitAt(m_pointer, *m_passing));
    }
}

bool TimelineGestures::mousePressed(const QMouseEvent &event)
{
    if (m_drag != Drag::None || (event.button() != Qt::LeftButton && event.button() != Qt::MiddleButton))
        return false; // the right button opens the menu
    m_surface.setFocus(Qt::MouseFocusReason);
    m_pressed = event.position();
    m_pressedScale = m_layout->scale;
    m_run.end();
    m_gesture = m_state.newGesture();
    if (event.button() == Qt::MiddleButton)
        m_drag = isInPlot(m_pressed) ? Drag::Pan : Drag::None;
    else
        m_drag = Drag::Pressed;
    return true;
}

void TimelineGestures::mouseMoved(const QMouseEvent &event)
{
    m_pointer = event.position();
    const bool far = (m_pointer - m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (m_drag == Drag::Pressed && far && m_layout->plot.contains(m_pressed))
        m_drag = Drag::Select;
    if (m_drag == Drag::Select) {
        m_state.select(
            TimeRange{m_pressedScale.pxToTime(m_pressed.x()), m_pressedScale.pxToTime(m_pointer.x())}, m_gesture);
    } else if (m_drag == Drag::Pan) {
        const TimeRange &from = m_pressedScale.range;
        const Ns by = m_pressedScale.pxToTime(m_pressed.x()) - m_pressedScale.pxToTime(m_pointer.x());
        m_state.setVisible({from.from + by, from.to + by}, m_gesture);
    } else if (m_drag == Drag::None) {
        m_state.setHovered(m_layout->exitAt(m_pointer, *m_passing));
    }
}

bool TimelineGestures::mouseReleased(const QMouseEvent &event)
{
    const Drag drag = m_drag;
    if (drag == Drag::None)
        return event.button() != Qt::RightButton;
    if ((event.button() == Qt::MiddleButton) != (drag == Drag::Pan))
        return true; // another button than the one that drags
    m_drag = Drag::None;
    if (drag == Drag::Pressed)
        clicked(event.position(), event.modifiers());
    return true;
}

void TimelineGestures::clicked(const QPointF &pos, Qt::KeyboardModifiers modifiers)
{
    const TimelineRow *row = m_layout->rowAt(pos);
    if (row && row->isVm() && row->triangle.adjusted(-4, -4, 4, 4).contains(pos)) {
        Q_EMIT collapseToggled(row->vm);
    } else if (row && row->threads && (pos.x() < m_layout->plot.left() || !row->isThread())) {
        threadClicked(*row, pos, modifiers);
    } else if (row && pos.x() < m_layout->plot.left()) {
        labelClicked(*row, modifiers);
    } else if (isInPlot(pos)) {
        const std::optional<ExitRef> exit = m_layout->exitAt(pos, *m_passing);
        m_state.setCurrent(exit, {}, m_gesture);
        const std::optional<TimeRange> &selected = m_state.values().selected;
        if (!exit && selected && !selected->contains(m_layout->scale.pxToTime(pos.x())))
            m_state.select(std::nullopt, m_gesture);
    }
}

// A plain click chooses these vCPUs alone, or all again if it were these alone already; Ctrl adds or takes away.
void TimelineGestures::labelClicked(const TimelineRow &row, Qt::KeyboardModifiers modifiers)
{
    if (row.isOfPcpus)
        return pcpuClicked(row, modifiers);
    std::set<VcpuKey> clicked;
    for (const VcpuAt &vcpu : vcpusOf(*m_layout->recording))
        if (row.isVm() ? vcpu.key.vm == row.vm : vcpu.key == row.vcpu)
            clicked.insert(vcpu.key);
    std::set<VcpuKey> chosen = m_state.values().vcpus;
    if (!(modifiers & Qt::ControlModifier)) {
        m_state.setVcpus(chosen == clicked ? std::set<VcpuKey>{} : clicked);
        return;
    }
    const bool all = std::ranges::includes(chosen, clicked);
    for (const VcpuKey &vcpu : clicked)
        if (all)
            chosen.erase(vcpu);
        else
            chosen.insert(vcpu);
    m_state.setVcpus(std::move(chosen));
}

// A plain click leaves that alone, or all again if it was that alone already; Ctrl adds it or takes it away.
template <typename T>
void TimelineGestures::choose(std::set<T> ExitFilters::*set, const T &value, Qt::KeyboardModifiers modifiers)
{
    ExitFilters filters = m_state.values();
    std::set<T> &chosen = filters.*set;
    if (!(modifiers & Qt::ControlModifier))
        chosen = chosen == std::set{value} ? std::set<T>{} : std::set{value};
    else if (chosen.erase(value) == 0)
        chosen.insert(value);
    m_state.setFilters(std::move(filters));
}

// Beside its name a guest or process is folded, or a thread pinned; a click on the name of a thread or process filters.
void TimelineGestures::threadClicked(const TimelineRow &row, const QPointF &pos, Qt::KeyboardModifiers modifiers)
{
    const ListedGuest *guest = guestOf(*m_layout, row);
    if (!guest)
        return;
    const bool isName = row.labelArea.contains(pos);
    const std::optional<std::size_t> process = row.threads->process;
    if (const ListedThread *thread = threadOf(*m_layout, row)) {
        if (isName)
            choose(&ExitFilters::threads, thread->label, modifiers);
        else if (row.triangle.adjusted(-4, -4, 4, 4).contains(pos))
            Q_EMIT pinToggled({guest->guest, thread->thread});
    } else if (isName && process) {
        choose(&ExitFilters::processes, guest->processes[*process].label, modifiers);
    } else {
        Q_EMIT foldToggled({guest->guest, process ? guest->processes[*process].label : QString()});
    }
}

void TimelineGestures::pcpuClicked(const TimelineRow &row, Qt::KeyboardModifiers modifiers)
{
    if (row.pcpu)
        choose(&ExitFilters::pcpus, m_layout->recording->hosts[row.pcpu->host].pcpus[row.pcpu->pcpu].pcpu, modifiers);
}

bool TimelineGestures::doubleClicked(const QMouseEvent &event)
{
    const QPointF pos = event.position();
    if (event.button() != Qt::LeftButton || !isInPlot(pos))
        return mousePressed(event); // elsewhere it is two clicks
    m_drag = Drag::None;
    m_state.cancelGesture(m_gesture); // what the first of both clicks did
    if (const std::optional<ExitRef> exit = m_layout->exitAt(pos, *m_passing))
        zoomTo(*exit);
    else
        m_state.zoom(0.5, m_layout->scale.pxToTime(pos.x()));
    return true;
}

void TimelineGestures::zoomTo(const ExitRef &ref)
{
    const std::optional<FoundExit> exit = exitscope::exitAt(*m_layout->recording, ref);
    if (!exit)
        return;
    const ExitColumns &exits = exit->vcpu->exits;
    const std::size_t i = exit->index;
    TimeRange range{exits.hasRun(i) ? exits.entry(i) : exits.time(i), exits.timed(i) ? exits.end(i) : exits.event(i)};
    const Ns margin = std::max(Ns(double(range.length()) * kMargin), ViewState::kShortestVisible);
    m_state.setCurrent(ref, TimeRange{range.from - margin, range.to + margin});
}

Ns TimelineGestures::timeAt(const QPointF &pos) const
{
    const TimeRange &visible = m_state.values().visible;
    return isInPlot(pos) ? m_layout->scale.pxToTime(pos.x()) : visible.from + visible.length() / 2;
}

void TimelineGestures::wheel(const QWheelEvent &event)
{
    const double steps = event.angleDelta().y() / kWheelStep;
    if (event.modifiers() & Qt::ControlModifier)
        zoom(std::pow(kZoomPerStep, steps), timeAt(event.position()));
    else if (!wheelPans(event))
        Q_EMIT scrollRequested(-kRowScroll * steps);
}

bool TimelineGestures::keyPressed(const QKeyEvent &event)
{
    const bool isScroll = event.key() == Qt::Key_Up || event.key() == Qt::Key_Down;
    if (!isScroll || (event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)))
        return ChartGestures::keyPressed(event);
    Q_EMIT scrollRequested(event.key() == Qt::Key_Up ? -kRowScroll : kRowScroll);
    return true;
}

void TimelineGestures::mouseLeft()
{
    m_pointer = {};
    m_state.setHovered(std::nullopt);
}

QString TimelineGestures::toolTipAt(const QPoint &pos) const
{
    return timelineToolTip(*m_layout, pos, *m_passing, m_symbols.get());
}

} // namespace exitscope
