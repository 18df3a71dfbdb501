// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <optional>

#include "model/session/newest_job.h"
#include "views/chart/chart.h"
#include "views/durations/heat_layout.h"

class QCustomPlot;

namespace exitscope {

class ChartPlot;
class HeatGestures;

// How often which durations came when, over what is visible: by count, or by time if reasons are weighed by time.
// Computed off the GUI thread while it is on screen; until then what there is is shown where it belongs.
class HeatView : public QWidget {
    Q_OBJECT

public:
    explicit HeatView(ViewState &state, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);
    void setShown(DurationKind shown);
    QCustomPlot *plot() const;
    // What it shows; null before the first.
    const std::shared_ptr<HeatLayout> &layoutShown() const { return m_layout; }
    // All is there of what is selected now.
    bool isSettled() const;

Q_SIGNALS:
    void failed(const exitscope::Diagnostic &cause); // what is there stays

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Asked {
        std::shared_ptr<const Recording> recording;
        Selection selection;
        DurationKind of = DurationKind::Gross;
        std::vector<Ns> borders;
        bool operator==(const Asked &) const = default;
    };

    Asked wanted() const;
    void followState(const ViewValues &now, const ViewValues &before);
    bool hasRoom(const ViewValues &values) const;
    void ask();
    void rebuild();
    void describe();

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    Theme m_theme = Theme::light();
    DurationKind m_shown = DurationKind::Gross;
    ChartPlot *m_plot;
    HeatGestures *m_gestures;
    Asked m_asked;
    std::optional<Asked> m_mapOf;
    std::shared_ptr<const HeatMap> m_map;
    std::shared_ptr<HeatLayout> m_layout;
    NewestJob m_job; // the last member: its end waits for the computation under way
};

} // namespace exitscope
