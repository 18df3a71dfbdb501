// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "views/events/shown_events.h"

namespace exitscope {

// Some of the events that are shown, a row each.
class EventsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { TimeColumn, MachineColumn, CpuColumn, ThreadColumn, EventColumn, FieldsColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void set(std::shared_ptr<const ShownEvents> events, EventRows rows); // `events`: null: none
    const std::shared_ptr<const ShownEvents> &events() const { return m_events; }
    const EventRows &rows() const { return m_rows; }
    const ListedEvent &at(int row) const { return m_events->list.events[m_rows[static_cast<std::size_t>(row)]]; }
    // The first row at or after that time; -1 if there is none.
    int rowAt(Ns time) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString cellText(const ListedEvent &listed, int column) const;

    std::shared_ptr<const ShownEvents> m_events;
    EventRows m_rows;
};

} // namespace exitscope
