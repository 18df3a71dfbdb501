// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QWidget>

#include <functional>
#include <memory>

#include "model/cancel_flag.h"
#include "model/session/newest_job.h"
#include "views/events/anatomy_view.h"
#include "views/events/events_model.h"

namespace exitscope {

// The events of the selected range, or around the current exit, with all their fields: read from the traces off this
// thread, at most kMostListed, while it is on screen. A double-click on one shows its time in the timeline.
class EventsView : public QWidget {
    Q_OBJECT

public:
    explicit EventsView(ViewState &state, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setGuests(std::shared_ptr<const ShownGuests> guests); // null: not known (yet)

    // Not behind another dock, where a widget counts as visible.
    bool isOnScreen() const { return isVisible() && !visibleRegion().isEmpty(); }
    bool isBusy() const { return m_reading.isBusy() || m_finding.isBusy(); }
    const EventsModel &model() const { return m_model; }
    QTableView *table() const { return m_table; }
    QLineEdit *findEdit() const { return m_find; }
    AnatomyView *anatomy() const { return m_anatomy; }
    void setTheme(const Theme &theme) { m_anatomy->setTheme(theme); }
    QString told() const { return m_told->text(); }
    // Makes CSV of what is wanted now, with what is looked for, also where it is still being read; in any thread.
    std::function<QString(CancelFlag)> csv() const;

Q_SIGNALS:
    void failed(const exitscope::Diagnostic &cause); // what is there stays

public Q_SLOTS:
    void copy(); // soon: the chosen rows, or all of them, as text with tabs

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void look();
    void take(std::shared_ptr<const ShownEvents> events);
    void search();
    void showRows(EventRows rows);
    void showCurrentExit();
    void choose(std::size_t event);
    void goTo(const QModelIndex &index);

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const ShownGuests> m_guests;
    std::shared_ptr<const ShownEvents> m_events; // null: none
    WantedEvents m_wanted; // what was asked for last
    bool m_isDue = false; // something else is wanted, once it is on screen
    QLineEdit *m_find;
    QLabel *m_told;
    AnatomyView *m_anatomy; // of the current exit, above its events
    QTableView *m_table;
    EventsModel m_model;
    NewestJob m_copying;
    NewestJob m_finding;
    NewestJob m_reading; // the last members: their end waits for the work under way
};

} // namespace exitscope
