// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDockWidget>
#include <QMainWindow>
#include <QVariantMap>

#include <memory>
#include <vector>

#include "model/session/exit_search.h"
#include "model/session/live_guests.h"
#include "model/session/live_numbers.h"
#include "model/session/session_symbols.h"
#include "model/session/view_state.h"
#include "views/chart/gesture_run.h"
#include "views/chart_picture.h"

namespace exitscope {

class BookmarksPanel;
class CausesTable;
class DetailsPanel;
class DiagnosticsPanel;
class EventsView;
class FilterChips;
class FindingsView;
class FlameView;
class GuestTable;
class HaltsTable;
class HistogramView;
class OverviewView;
class PieView;
class ReasonMatrix;
class NumberTable;
class PhasesTable;
class StatisticsTable;
class StatusLine;
class TakersTable;
class TimelineView;
class TracesPanel;

// Everything that shows one recording: the charts with their docks around, on one ViewState.
// A window in the window: its docks are only there when a recording is.
class Workspace : public QMainWindow {
    Q_OBJECT

public:
    explicit Workspace(const QString &bookmarkDirectory, QWidget *parent = nullptr);
    ~Workspace() override;

    // `told` is what there is to say of the user's maps; `symbols` are those that the user gave earlier.
    void setRecording(std::shared_ptr<const Recording> recording, const AlignOptions &guestMaps = {},
        Diagnostics told = {}, SessionSymbols::Sources symbols = {});
    const std::shared_ptr<const Recording> &recording() const { return m_recording; }
    void setTheme(const Theme &theme);
    const Theme &theme() const { return m_theme; }

    ViewState &state() { return m_state; }
    LiveNumbers &numbers() { return m_numbers; }
    GuestClocks &clocks() { return m_clocks; }
    LiveGuests &guests() { return m_guests; }
    SessionSymbols &symbols() { return m_symbols; }
    BookmarksPanel &bookmarks() { return *m_bookmarks; }
    DiagnosticsPanel &diagnostics() { return *m_diagnostics; }
    StatusLine &statusLine() { return *m_statusLine; } // to be shown by the window around
    StatisticsTable &table() { return *m_table; }
    CausesTable &causes() { return *m_causes; }
    FindingsView &findings() { return *m_findings; }
    TakersTable &takers() { return *m_takers; }
    HaltsTable &halts() { return *m_halts; }
    ReasonMatrix &matrix() { return *m_matrix; }
    EventsView &events() { return *m_events; }
    GuestTable &guestTable() { return *m_guestTable; }
    PhasesTable &phases() { return *m_phases; }
    FlameView &flame() { return *m_flame; }
    // Whether commands of tables are meant for that of causes: it is on screen, alone or used last.
    bool isCausesActive() const;
    bool isEventsActive() const; // so too
    bool isFlameActive() const; // so too: its folded stacks
    std::vector<NumberTable *> numberTables() const; // those of takers, halts, the matrix, guests and phases
    // That of these, where it is the one that they are meant for; else null.
    NumberTable *activeNumbers() const;
    QString activeTableName() const; // "statistics", for files

    // The widgets that keys of charts work in.
    std::vector<QWidget *> charts() const;
    // All charts that pictures can be made of.
    std::vector<QWidget *> pictures() const;
    // The chart that had the focus last.
    ChartKind activeChart() const;
    ChartInput chartInput() const;
    // The chart as it is on the screen, for a picture of it.
    PictureOptions pictureOptions(ChartKind chart) const;
    TimelineView &timeline() { return *m_timeline; }
    PieView &pie() { return *m_pie; }
    HistogramView &histogram() { return *m_histogram; }

    // Of those that the filters leave; once these are known, if the filters changed just now.
    void goToExit(Direction direction);
    void zoomToExit(); // the current one
    void zoom(double factor); // around the current exit if it is visible, else around the middle
    void pan(double visibleParts); // a held key is one step to undo
    void showDock(QWidget *content);

    // How the views are looked at, to be kept for the next start; what is missing is as at the first.
    QVariantMap viewOptions() const;
    void setViewOptions(const QVariantMap &options);

    QByteArray layoutState() const;
    bool isSettled() const { return m_isSettled; }
    void restoreLayout(const QByteArray &state); // at the latest when it is shown first
    void resetLayout();

Q_SIGNALS:
    void diagnosticsChanged(const Diagnostics &all);
    void themeChanged();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    static constexpr int kLayoutVersion = 4;
    static constexpr int kMostOverviewHeight = 110; // px

    void settleLayout();
    void shareRoom();
    QList<QDockWidget *> lowerDocks() const;
    void setDockHeight(int height);
    void buildCentre();
    void buildDocks();
    void putBehind(QDockWidget *first, const std::vector<QDockWidget *> &others); // as tabs
    QDockWidget *addDock(QWidget *content, const QString &title, const QString &name);
    void followFocus(const QWidget *now);
    // The table on screen that was used last; else statistics, or what else is on screen.
    QWidget *activeTable() const;
    std::vector<QWidget *> tables() const;
    void renewSymbols();
    void askForNumbers();
    void takeSteps();
    void tellDiagnostics();

    std::shared_ptr<const Recording> m_recording;
    ViewState m_state;
    LiveNumbers m_numbers;
    GuestClocks m_clocks;
    LiveGuests m_guests;
    SessionSymbols m_symbols;
    Diagnostics m_told; // of the user's maps
    Theme m_theme = Theme::light();
    GestureRun m_run;
    std::vector<Direction> m_steps; // to exits; they wait for those that pass the filters
    ChartKind m_activeChart = ChartKind::Timeline;

    FilterChips *m_chips;
    OverviewView *m_overview;
    TimelineView *m_timeline;
    PieView *m_pie;
    HistogramView *m_histogram;
    StatisticsTable *m_table;
    CausesTable *m_causes;
    FindingsView *m_findings;
    TakersTable *m_takers;
    HaltsTable *m_halts;
    ReasonMatrix *m_matrix;
    GuestTable *m_guestTable;
    PhasesTable *m_phases;
    FlameView *m_flame;
    EventsView *m_events;
    QWidget *m_tableUsedLast = nullptr;
    DetailsPanel *m_details;
    DiagnosticsPanel *m_diagnostics;
    TracesPanel *m_traces;
    BookmarksPanel *m_bookmarks;
    StatusLine *m_statusLine;
    std::vector<QDockWidget *> m_docks;
    QByteArray m_firstLayout;
    QByteArray m_wantedLayout; // until it is shown: sizes mean nothing before
    bool m_isSettled = false; // it has its size and its layout
};

} // namespace exitscope
