// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "views/overview/overview_layout.h"

class QCustomPlot;

namespace exitscope {

class ChartPlot;
class OverviewGestures;

// The strip with the whole recording on the screen.
class OverviewView : public QWidget {
    Q_OBJECT

public:
    OverviewView(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);
    ~OverviewView() override;

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);

    const std::shared_ptr<const OverviewLayout> &shown() const { return m_layout; } // null without a recording
    QCustomPlot &plot();
    QSize sizeHint() const override { return {900, 90}; }
    QSize minimumSizeHint() const override { return {260, 64}; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void rebuild();
    void followState(const ViewValues &now, const ViewValues &before);
    void draw(std::shared_ptr<const OverviewLayout> layout);
    bool isOfNow() const; // what is shown, but for the visible and the selected range
    void updateRate(const std::shared_ptr<const ExitIndex> &exits);

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    Theme m_theme = Theme::light();
    std::shared_ptr<const ExitIndex> m_rateOf;
    std::shared_ptr<const ExitRate> m_rate;
    int m_rateBins = 0; // that were asked for
    std::shared_ptr<const OverviewLayout> m_layout;
    QSize m_layoutSize;
    ChartPlot *m_plot;
    OverviewGestures *m_gestures;
};

} // namespace exitscope
