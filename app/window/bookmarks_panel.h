// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QPushButton>
#include <QTableView>
#include <QWidget>

#include "app/window/storage/bookmark_store.h"
#include "model/session/view_state.h"

namespace exitscope {

// Shows what a store holds; tell it when that changes.
class BookmarksModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, BeginColumn, LengthColumn, ColumnCount };

    explicit BookmarksModel(const BookmarkStore &store, QObject *parent = nullptr);
    void refresh(Ns origin); // begins are told from there

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const BookmarkStore &m_store;
    std::vector<Bookmark> m_shown; // the store's at the last refresh
    Ns m_origin = 0;
};

// The bookmarks of the recording: set, listed, gone to, removed.
class BookmarksPanel : public QWidget {
    Q_OBJECT

public:
    BookmarksPanel(ViewState &state, const QString &directory, QWidget *parent = nullptr);
    void setRecording(const Recording &recording);
    BookmarksModel &model() { return m_model; }

    void add(const QString &name, TimeRange range);
    void goTo(int row); // makes its range visible and selected
    void remove(int row);

Q_SIGNALS:
    void addWanted(); // a name is asked for
    void failed(const QString &error); // one line

private:
    int currentRow() const;
    void refresh();

    ViewState &m_state;
    BookmarkStore m_store;
    BookmarksModel m_model;
    QTableView *m_table;
    QPushButton *m_goTo;
    QPushButton *m_remove;
};

} // namespace exitscope
