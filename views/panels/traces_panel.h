// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTableView>
#include <QWidget>

#include <memory>

#include "model/recording.h"

namespace exitscope {

// Every trace that was found, used or not.
class TracesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        RoleColumn,
        UsedColumn,
        HostnameColumn,
        EventsColumn,
        LostColumn,
        LengthColumn,
        PathColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;
    void setRecording(std::shared_ptr<const Recording> recording);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::shared_ptr<const Recording> m_recording;
};

class TracesPanel : public QWidget {
    Q_OBJECT

public:
    explicit TracesPanel(QWidget *parent = nullptr);
    void setRecording(const std::shared_ptr<const Recording> &recording);
    TracesModel &model() { return m_model; }

private:
    TracesModel m_model;
    QTableView *m_table;
};

} // namespace exitscope
