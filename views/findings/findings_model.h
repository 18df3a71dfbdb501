// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <vector>

#include "model/causes/findings.h"
#include "model/session/view_state.h"

namespace exitscope {

// The findings, dearest first, with what is chosen marked.
class FindingsModel : public QAbstractListModel {
    Q_OBJECT

public:
    // Display is the title; IsShownRole: whether the filters are those that select its exits.
    enum Role { CostRole = Qt::UserRole, FactsRole, AdviceRole, ShareRole, IsShownRole };

    using QAbstractListModel::QAbstractListModel;
    void setFindings(std::vector<Finding> findings);
    void setValues(const ViewValues &values);
    const std::vector<Finding> &findings() const { return m_findings; }
    bool isShown(std::size_t finding) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Finding> m_findings;
    Selection m_shown; // what is selected now
};

} // namespace exitscope
