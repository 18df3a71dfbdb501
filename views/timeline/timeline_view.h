// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "model/session/newest_job.h"
#include "views/timeline/timeline_layout.h"

class QCustomPlot;
class QLineEdit;
class QScrollBar;

namespace exitscope {

class ChartPlot;
class GuestSymbols;
class TimelineGestures;

// The timeline on the screen. Its actions (collapse a VM, show the pCPUs) are its context menu. Threads of guests are
// listed off its thread, when they are to be shown; below them they are sought by name, also by Ctrl+F.
class TimelineView : public QWidget {
    Q_OBJECT

public:
    TimelineView(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);
    ~TimelineView() override;

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);
    void setGuests(std::shared_ptr<const ShownGuests> guests); // null: not known (yet)
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols); // for what is pointed at; null: none are known
    const TimelineOptions &options() const { return m_options; }
    void setOptions(const TimelineOptions &options);
    void toggleCollapsed(const VmKey &vm);
    void toggleFold(const ThreadFold &fold);
    void togglePin(const GuestThreadKey &thread);
    void findThreads();

    std::shared_ptr<const TimelineLayout> shown() const { return m_layout; } // null without a recording
    QCustomPlot &plot();
    QSize sizeHint() const override { return {900, 260}; }
    QSize minimumSizeHint() const override { return {260, 110}; }

Q_SIGNALS:
    void optionsChanged(const exitscope::TimelineOptions &options);
    void failed(const exitscope::Diagnostic &cause); // threads could not be listed

protected:
    void changeEvent(QEvent *event) override;

private:
    void followState(const ViewValues &now, const ViewValues &before);
    void rebuild();
    void updateScrollBar();
    void makeActions();
    void addToggle(const QString &text, bool TimelineOptions::*option);
    void addOrders();
    void listThreads();

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const ShownGuests> m_guests;
    Theme m_theme = Theme::light();
    TimelineOptions m_options;
    std::shared_ptr<TimelineLayout> m_layout; // what is chosen moves in it
    bool m_isFontNew = false; // since that was laid out
    ChartPlot *m_plot;
    QScrollBar *m_scroll;
    TimelineGestures *m_gestures;
    QLineEdit *m_find;
    std::pair<const ShownGuests *, ThreadOrder> m_beingListed{};
    NewestJob m_listing; // the last member: its end waits for the work under way
};

} // namespace exitscope
