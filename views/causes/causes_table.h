// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "model/session/exit_search.h"
#include "model/session/live_accounts.h"
#include "model/session/view_state.h"
#include "views/causes/causes_model.h"
#include "views/chart/screen_work.h"
#include "views/tables/statistics_model.h"

class QTreeView;

namespace exitscope {

class KeyChooser;

// The exits of the selection grouped by any keys, as a tree. A click on a row filters by all that it shares (again:
// drops that), Ctrl adds where the rows differ in one thing; a double-click goes to its dearest exit. The keyboard
// moves and chooses as in the tables. Nothing is computed while it is not on screen.
class CausesTable : public QWidget {
    Q_OBJECT

public:
    explicit CausesTable(ViewState &state, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols); // of the recording's guests; may be null
    void setTheme(const Theme &theme);
    KeyChooser &chooser() const { return *m_chooser; }
    void setKeys(std::vector<AccountKey> keys);
    QTreeView *view() const { return m_view; }
    const CausesModel &model() const { return *m_model; }
    const StatisticsSorter &shownModel() const { return *m_sorter; }
    // All that is on screen is there, of what is selected now.
    bool isSettled() const;
    // What is selected now, for files.
    AccountsOf accountsOf() const;

Q_SIGNALS:
    void failed(const exitscope::Diagnostic &cause); // what is there stays

public Q_SLOTS:
    void copy() const; // the chosen rows of those that are unfolded, or all of them
    void sortByCurrentColumn();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void ask();
    void showTree();
    void fitColumns();
    void choose(const QModelIndex &index, bool add);
    void goToDearest(const QModelIndex &index);
    bool handleKey(const QKeyEvent &event);
    std::vector<std::vector<KeyValue>> unfolded() const;
    QModelIndexList shownRows() const;

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const GuestSymbols> m_symbols;
    KeyChooser *m_chooser;
    QTreeView *m_view;
    CausesModel *m_model;
    StatisticsSorter *m_sorter;
    bool m_isDoubleClick = false; // the press under way, or the last one
    GestureId m_click = kNoGesture; // the newest; a double-click makes one step with it
    enum class Fit : std::uint8_t { Names, All, Done } m_fit = Fit::All; // columns that are to be made wide enough
    ScreenWork m_show;
    LiveAccounts m_accounts;
    NewestJob m_search; // the last members: their end waits for the computation under way
};

} // namespace exitscope
