// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QTreeView>
#include <QWidget>

#include <memory>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/session/newest_job.h"
#include "model/session/view_state.h"
#include "views/chart/screen_work.h"
#include "views/chart/theme.h"
#include "views/tables/number_tree.h"

namespace exitscope {

// A table of numbers of the selection, computed off the GUI thread while it is on screen: the newest selection wins,
// what is of an older one is pale meanwhile. A click chooses a row, as do Enter and Space; what that does, its kind of
// table says.
class NumberTable : public QWidget {
    Q_OBJECT

public:
    void setRecording(std::shared_ptr<const Recording> recording);
    virtual void setTheme(const Theme &theme);
    QTreeView *view() const { return m_view; }
    const NumberTree &model() const { return *m_model; }
    const StatisticsSorter &shownModel() const { return *m_sorter; }
    QString note() const { return m_note->isHidden() ? QString() : m_note->text(); }
    // All that is on screen is there, of what is selected now.
    bool isSettled() const;
    // What is selected now as CSV, all rows; to be called in any thread. Means nothing once it is cancelled.
    virtual std::function<QString(CancelFlag cancel)> csv() const = 0;

Q_SIGNALS:
    void failed(const exitscope::Diagnostic &cause); // what is there stays

public Q_SLOTS:
    void copy() const; // the chosen rows of those that are unfolded, or all of them
    void sortByCurrentColumn();

protected:
    using Compute
        = std::function<NumberRows(const Recording &recording, const Selection &selection, CancelFlag cancel)>;

    NumberTable(
        ViewState &state, const QString &accessibleName, Compute compute, NumberTree::Look look, QWidget *parent);
    // What of the state's selection the numbers are taken over: what it leaves out is not filtered by, and so stands
    // beside what is chosen.
    virtual Selection askedOf(const Selection &selection) const = 0;
    virtual void choose(const QModelIndex &index, const NumberRow &row, bool add) = 0;
    void setCompute(Compute compute); // all anew
    void setTable(Compute compute); // so too, with other columns: of those before nothing stays
    void sortFirstBy(int column, Qt::SortOrder order);
    void unfoldAll() { m_unfoldsAll = true; } // but what the user folds; else the first row at first
    QModelIndex sourceOf(const QModelIndex &index) const { return m_sorter->mapToSource(index); }
    void chooseVcpu(const VcpuKey &vcpu, bool add); // only it; again: none; add: beside others

    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;

private:
    struct Made {
        std::shared_ptr<const Recording> recording;
        Selection selection;
        int compute = 0;
        std::shared_ptr<const NumberRows> rows;
    };

    void ask();
    void showMade();
    void tellNote();
    bool isCurrent() const;
    QStringList rowsThat(bool areUnfolded) const;
    QModelIndexList shownRows() const;

    Compute m_compute;
    int m_computes = 0; // the how manieth that is
    QLabel *m_note;
    QTreeView *m_view;
    NumberTree *m_model;
    StatisticsSorter *m_sorter;
    bool m_unfoldsAll = false;
    bool m_isFitted = false; // columns, to the first numbers of a recording
    Selection m_asked;
    bool m_hasAsked = false;
    Made m_made, m_shown;
    ScreenWork m_show;
    NewestJob m_job; // the last member: its end waits for the computation under way
};

} // namespace exitscope
