// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QPushButton>
#include <QTableView>
#include <QWidget>

#include "model/diagnostic.h"

namespace exitscope {

// Every diagnostic of a recording, the gravest first.
class DiagnosticsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { SeverityColumn, CodeColumn, MessageColumn, PathColumn, CountColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setDiagnostics(Diagnostics diagnostics);
    const Diagnostics &diagnostics() const { return m_diagnostics; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    Diagnostics m_diagnostics;
};

QIcon severityIcon(Severity severity);

// The diagnostics as a list, with a button that asks to read the recording again.
class DiagnosticsPanel : public QWidget {
    Q_OBJECT

public:
    explicit DiagnosticsPanel(QWidget *parent = nullptr);
    void setDiagnostics(const Diagnostics &diagnostics);
    DiagnosticsModel &model() { return m_model; }

Q_SIGNALS:
    void retryWanted();

private:
    Diagnostics m_given;
    DiagnosticsModel m_model;
    QTableView *m_table;
    QPushButton *m_retry;
};

// "2 diagnostics" with the icon of the gravest, for a badge; empty without diagnostics.
QString diagnosticsSummary(const Diagnostics &diagnostics);
Severity gravest(const Diagnostics &diagnostics); // Info without diagnostics

} // namespace exitscope
