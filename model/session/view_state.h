// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "model/reference/exit_reasons.h"
#include "model/session/clock_choice.h"
#include "model/statistics/measure.h"
#include "model/statistics/selection.h"
#include "model/timeline/columns.h"

namespace exitscope {

// One exit of a recording.
struct ExitRef {
    VcpuKey vcpu;
    std::size_t index = 0; // into the vCPU's ExitColumns
    bool operator==(const ExitRef &) const = default;
};

// All that decides what is shown. Empty sets and absent values leave nothing out.
struct ViewValues : ExitFilters {
    TimeRange visible;
    std::optional<TimeRange> selected;
    std::optional<DurationBand> band;
    Measure measure = Measure::Count;
    std::optional<ExitRef> current;
    std::map<QString, ClockChoice> clocks; // of guests, by the path of their trace; those that the user chose
    // What exits interrupted in their guests, as known now whatever step of the history this is; null: nothing is.
    std::shared_ptr<const ExitGuests> guests;

    bool operator==(const ViewValues &) const = default;
    // What numbers are taken over. It has the guests where a filter asks for them: other numbers do not depend on them.
    Selection selection() const;
    bool selectsAs(const ViewValues &other) const; // whether both selection() are the same, without making them
    Selection selectionWithGuests() const; // it has them anyway
};

// Changes that carry the same gesture are one step of the history: a drag, a run of wheel steps.
using GestureId = std::uint64_t;
inline constexpr GestureId kNoGesture = 0;

// The one truth of what is shown. Views read it, change it only through its commands and repaint on its signals.
class ViewState : public QObject {
    Q_OBJECT

public:
    static constexpr Ns kShortestVisible = 100; // ns

    explicit ViewState(QObject *parent = nullptr);

    // A new recording: everything begins anew.
    void reset(TimeRange bounds);
    TimeRange bounds() const { return m_bounds; }
    const ViewValues &values() const { return m_history[m_position]; }

    GestureId newGesture() { return ++m_lastGesture; }

    // Commands. Ranges are put in order and clamped to the bounds; a change to what is already so is none.
    void setVisible(TimeRange range, GestureId gesture = kNoGesture);
    void zoom(double factor, Ns around, GestureId gesture = kNoGesture); // factor < 1 shows less time
    void pan(double visibleParts, GestureId gesture = kNoGesture); // 0.5: half a window later
    void fit(); // to the selected range; if it is that already, or there is none, to all
    void select(std::optional<TimeRange> range, GestureId gesture = kNoGesture);
    void setVcpus(std::set<VcpuKey> vcpus);
    void toggleVcpu(const VcpuKey &vcpu);
    void setReasons(std::set<ReasonKey> reasons);
    void toggleReason(const ReasonKey &reason);
    void setScenarios(std::set<Scenario> scenarios);
    void toggleScenario(Scenario scenario);
    // All sets at once: one step of the history.
    void setFilters(ExitFilters filters, GestureId gesture = kNoGesture);
    void setBand(std::optional<DurationBand> band, GestureId gesture = kNoGesture);
    void setMeasure(Measure measure);
    // Makes the exit current and, if a range is given, visible.
    void setCurrent(std::optional<ExitRef> exit, std::optional<TimeRange> visible = {}, GestureId gesture = kNoGesture);
    // Nothing: as it is without the user's doing.
    void setClock(const QString &guest, std::optional<ClockChoice> choice, GestureId gesture = kNoGesture);
    void clearFilters();
    // What became known; no step of the history.
    void setGuests(std::shared_ptr<const ExitGuests> guests);

    // As if the gesture had never begun, if it made the newest step: Esc while dragging.
    void cancelGesture(GestureId gesture);
    void undo();
    void redo();
    bool canUndo() const { return m_position > 0; }
    bool canRedo() const { return m_position + 1 < m_history.size(); }

    // What the pointer is on; no part of the history.
    const std::optional<ExitRef> &hovered() const { return m_hovered; }
    void setHovered(std::optional<ExitRef> exit);

Q_SIGNALS:
    void changed(const exitscope::ViewValues &now, const exitscope::ViewValues &before);
    void historyChanged(bool canUndo, bool canRedo);
    void hoveredChanged(const std::optional<exitscope::ExitRef> &exit);

private:
    void apply(ViewValues next, GestureId gesture = kNoGesture);
    void moveTo(std::size_t position);
    TimeRange clampVisible(TimeRange range) const;

    TimeRange m_bounds{0, kShortestVisible};
    std::vector<ViewValues> m_history{ViewValues{}};
    std::size_t m_position = 0;
    GestureId m_entryGesture = kNoGesture; // of the newest entry
    GestureId m_lastGesture = kNoGesture;
    std::optional<ExitRef> m_hovered;
};

} // namespace exitscope
