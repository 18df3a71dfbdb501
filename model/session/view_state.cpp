// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/view_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/statistics/guest_filters.h"

namespace exitscope {

namespace {

TimeRange ordered(TimeRange range)
{
    return range.from <= range.to ? range : TimeRange{range.to, range.from};
}

template <typename T>
std::set<T> toggled(std::set<T> set, const T &value)
{
    if (set.erase(value) == 0)
        set.insert(value);
    return set;
}

} // namespace

Selection ViewValues::selection() const
{
    Selection selection;
    if (selected) {
        selection.from = selected->from;
        selection.to = selected->to;
    }
    static_cast<ExitFilters &>(selection) = *this;
    if (band) {
        selection.bandOf = band->of;
        selection.minNs = band->minNs;
        selection.maxNs = band->maxNs;
    }
    if (asksOfGuests(*this))
        selection.guests = guests;
    return selection;
}

bool ViewValues::selectsAs(const ViewValues &other) const
{
    return selected == other.selected && band == other.band && static_cast<const ExitFilters &>(*this) == other
        && (!asksOfGuests(*this) || guests == other.guests);
}

Selection ViewValues::selectionWithGuests() const
{
    Selection with = selection();
    with.guests = guests;
    return with;
}

ViewState::ViewState(QObject *parent) : QObject(parent)
{
    m_history.front().visible = m_bounds;
}

void ViewState::reset(TimeRange bounds)
{
    const ViewValues before = values();
    m_bounds = ordered(bounds);
    m_bounds.to = std::max(m_bounds.to, m_bounds.from + kShortestVisible);
    ViewValues first;
    first.visible = m_bounds;
    first.measure = before.measure; // how to look, not what at
    m_history = {first};
    m_position = 0;
    m_entryGesture = kNoGesture;
    setHovered(std::nullopt);
    Q_EMIT historyChanged(false, false);
    Q_EMIT changed(values(), before);
}

TimeRange ViewState::clampVisible(TimeRange range) const
{
    range = ordered(range);
    const Ns length = std::clamp(range.length(), std::min(kShortestVisible, m_bounds.length()), m_bounds.length());
    if (range.length() < length) // grow around the middle
        range.from -= (length - range.length()) / 2;
    const Ns from = std::clamp(range.from, m_bounds.from, m_bounds.to - length);
    return {from, from + length};
}

void ViewState::setVisible(TimeRange range, GestureId gesture)
{
    ViewValues next = values();
    next.visible = clampVisible(range);
    apply(std::move(next), gesture);
}

void ViewState::zoom(double factor, Ns around, GestureId gesture)
{
    const TimeRange visible = values().visible;
    const double share = double(around - visible.from) / double(visible.length());
    const double most = double(m_bounds.length());
    const Ns length = Ns(std::llround(std::clamp(double(visible.length()) * factor, double(kShortestVisible), most)));
    const Ns from = around - Ns(std::llround(share * double(length)));
    setVisible({from, from + length}, gesture);
}

void ViewState::pan(double visibleParts, GestureId gesture)
{
    const TimeRange visible = values().visible;
    const Ns by = Ns(std::llround(double(visible.length()) * visibleParts));
    setVisible({visible.from + by, visible.to + by}, gesture);
}

void ViewState::fit()
{
    const ViewValues &now = values();
    const TimeRange selected = now.selected ? clampVisible(*now.selected) : m_bounds;
    setVisible(now.visible == selected ? m_bounds : selected);
}

void ViewState::select(std::optional<TimeRange> range, GestureId gesture)
{
    ViewValues next = values();
    if (range) {
        range = ordered(*range);
        range->from = std::clamp(range->from, m_bounds.from, m_bounds.to);
        range->to = std::clamp(range->to, m_bounds.from, m_bounds.to);
        if (range->length() <= 0)
            range.reset();
    }
    next.selected = range;
    apply(std::move(next), gesture);
}

void ViewState::setVcpus(std::set<VcpuKey> vcpus)
{
    ViewValues next = values();
    next.vcpus = std::move(vcpus);
    apply(std::move(next));
}

void ViewState::toggleVcpu(const VcpuKey &vcpu)
{
    setVcpus(toggled(values().vcpus, vcpu));
}

void ViewState::setReasons(std::set<ReasonKey> reasons)
{
    ViewValues next = values();
    next.reasons = std::move(reasons);
    apply(std::move(next));
}

void ViewState::toggleReason(const ReasonKey &reason)
{
    setReasons(toggled(values().reasons, reason));
}

void ViewState::setScenarios(std::set<Scenario> scenarios)
{
    ViewValues next = values();
    next.scenarios = std::move(scenarios);
    apply(std::move(next));
}

void ViewState::toggleScenario(Scenario scenario)
{
    setScenarios(toggled(values().scenarios, scenario));
}

void ViewState::setFilters(ExitFilters filters, GestureId gesture)
{
    ViewValues next = values();
    static_cast<ExitFilters &>(next) = std::move(filters);
    apply(std::move(next), gesture);
}

void ViewState::setBand(std::optional<DurationBand> band, GestureId gesture)
{
    if (band && band->minNs && band->maxNs && *band->minNs > *band->maxNs)
        std::swap(band->minNs, band->maxNs);
    ViewValues next = values();
    next.band = band;
    apply(std::move(next), gesture);
}

void ViewState::setMeasure(Measure measure)
{
    ViewValues next = values();
    next.measure = measure;
    apply(std::move(next));
}

void ViewState::setCurrent(std::optional<ExitRef> exit, std::optional<TimeRange> visible, GestureId gesture)
{
    ViewValues next = values();
    next.current = exit;
    if (visible)
        next.visible = clampVisible(*visible);
    setHovered(std::nullopt); // what is told is the current one, until the pointer moves
    apply(std::move(next), gesture);
}

void ViewState::setClock(const QString &guest, std::optional<ClockChoice> choice, GestureId gesture)
{
    ViewValues next = values();
    if (choice)
        next.clocks.insert_or_assign(guest, *choice);
    else
        next.clocks.erase(guest);
    apply(std::move(next), gesture);
}

void ViewState::clearFilters()
{
    ViewValues next = values();
    next.selected.reset();
    static_cast<ExitFilters &>(next) = {};
    next.band.reset();
    apply(std::move(next));
}

void ViewState::setGuests(std::shared_ptr<const ExitGuests> guests)
{
    if (guests == values().guests)
        return;
    const ViewValues before = values();
    m_history.front().guests = std::move(guests);
    for (ViewValues &step : m_history)
        step.guests = m_history.front().guests;
    Q_EMIT changed(values(), before);
}

void ViewState::apply(ViewValues next, GestureId gesture)
{
    if (next == values())
        return;
    const ViewValues before = values();
    m_history.resize(m_position + 1); // what was undone is forgotten
    const bool goesOn = gesture != kNoGesture && gesture == m_entryGesture && m_position > 0;
    if (goesOn && next == m_history[m_position - 1]) { // back where the gesture began: no step
        m_history.resize(m_position--);
        m_entryGesture = kNoGesture;
    } else if (goesOn) {
        m_history[m_position] = std::move(next);
        m_entryGesture = gesture;
    } else {
        m_history.push_back(std::move(next));
        ++m_position;
        m_entryGesture = gesture;
    }
    Q_EMIT historyChanged(canUndo(), canRedo());
    Q_EMIT changed(values(), before);
}

void ViewState::moveTo(std::size_t position)
{
    const ViewValues before = values();
    m_position = position;
    m_entryGesture = kNoGesture;
    Q_EMIT historyChanged(canUndo(), canRedo());
    Q_EMIT changed(values(), before);
}

void ViewState::cancelGesture(GestureId gesture)
{
    if (gesture == kNoGesture || gesture != m_entryGesture || m_position == 0)
        return;
    const ViewValues before = values();
    m_history.resize(m_position--);
    m_entryGesture = kNoGesture;
    Q_EMIT historyChanged(canUndo(), canRedo());
    Q_EMIT changed(values(), before);
}

void ViewState::undo()
{
    if (canUndo())
        moveTo(m_position - 1);
}

void ViewState::redo()
{
    if (canRedo())
        moveTo(m_position + 1);
}

void ViewState::setHovered(std::optional<ExitRef> exit)
{
    if (exit == m_hovered)
        return;
    m_hovered = exit;
    Q_EMIT hoveredChanged(m_hovered);
}

} // namespace exitscope
