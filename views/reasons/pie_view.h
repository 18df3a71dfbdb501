// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "views/chart/chart.h"
#include "views/chart/screen_work.h"
#include "views/reasons/pie_chart.h"

class QCheckBox;
class QChartView;
class QComboBox;
class QPieSlice;

namespace exitscope {

// The exit-reason pie: by count, gross or net time; in total or one small pie per vCPU. A click on a slice chooses its
// reasons (again: all), Ctrl adds; with the keyboard Left and Right walk over the slices and Space or Enter chooses.
class PieView : public QWidget {
    Q_OBJECT

public:
    PieView(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);
    const PieOptions &options() const { return m_options; }
    void setOptions(const PieOptions &options);
    QChart *chart() const;
    // What it shows now, for export.
    ChartInput input() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showMeasure();
    void rebuild();
    void choose(const std::vector<ReasonKey> &reasons);
    bool handleKey(int key);
    void markFocused();
    QList<QPieSlice *> allSlices() const;

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    Theme m_theme = Theme::light();
    PieOptions m_options;
    QChartView *m_view = nullptr;
    QComboBox *m_measure = nullptr;
    QCheckBox *m_perVcpu = nullptr;
    int m_focused = -1; // slice, for the keyboard
    ScreenWork m_build;
};

} // namespace exitscope
