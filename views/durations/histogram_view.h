// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QTimer>
#include <QWidget>

#include <optional>

#include "views/chart/chart.h"
#include "views/durations/histogram_layout.h"

class QCheckBox;
class QComboBox;
class QCustomPlot;
class QKeyEvent;
class QMouseEvent;

namespace exitscope {

class ChartPlot;
class HeatView;

// The duration histogram of exits (gross or net) or of runs. Dragging over bars selects their band of durations, a
// click drops it. With the keyboard Left and Right move the band by a bin, with Shift they resize it, Esc drops it.
// Or, over time, their heat map.
class HistogramView : public QWidget {
    Q_OBJECT

public:
    HistogramView(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);
    DurationKind shown() const { return m_shown; }
    void setShown(DurationKind shown);
    bool isOverTime() const { return m_isOverTime; }
    void setOverTime(bool isOverTime);
    HeatView &heat() const { return *m_heat; }
    QCustomPlot *plot() const; // of the histogram
    const HistogramLayout &layoutShown() const { return m_layout; }
    // What it shows now, for export.
    ChartInput input() const;

Q_SIGNALS:
    void overTimeChanged(bool isOverTime);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Drag {
        QPointF from;
        int bin = 0;
        GestureId gesture = kNoGesture; // none until the pointer moved
    };

    void rebuild();
    bool handleMouse(QMouseEvent *event);
    void dragTo(const QPointF &pos);
    bool handleKey(const QKeyEvent &event);
    bool escape();
    std::optional<BinRange> band() const;
    std::optional<BinRange> bandAfter(int step, bool resize) const;
    QString tooltipAt(const QPointF &pos) const;

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    Theme m_theme = Theme::light();
    DurationKind m_shown = DurationKind::Gross;
    HistogramLayout m_layout;
    std::optional<Drag> m_drag;
    GestureId m_keys = kNoGesture; // while a key is held
    ChartPlot *m_plot;
    QComboBox *m_choice;
    bool m_isOverTime = false;
    QCheckBox *m_overTime;
    HeatView *m_heat;
    QTimer m_fading; // until what is shown is marked as of an older selection
};

} // namespace exitscope
