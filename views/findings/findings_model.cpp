// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/findings/findings_model.h"

#include <algorithm>

#include "model/causes/finding_text.h"
#include "model/visible_text.h"
#include "views/chart/plain_text.h"

namespace exitscope {

void FindingsModel::setFindings(std::vector<Finding> findings)
{
    beginResetModel();
    m_findings = std::move(findings);
    endResetModel();
}

void FindingsModel::setValues(const ViewValues &values)
{
    Selection selection = values.selection();
    selection.guests.reset(); // filters alone tell what is shown
    if (selection == m_shown)
        return;
    m_shown = std::move(selection);
    if (!m_findings.empty())
        Q_EMIT dataChanged(index(0), index(int(m_findings.size()) - 1), {IsShownRole});
}

bool FindingsModel::isShown(std::size_t finding) const
{
    const Selection &wanted = m_findings[finding].selection;
    return static_cast<const ExitFilters &>(wanted) == m_shown && wanted.minNs == m_shown.minNs
        && wanted.maxNs == m_shown.maxNs && wanted.bandOf == m_shown.bandOf;
}

int FindingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_findings.size());
}

QVariant FindingsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto at = std::size_t(index.row());
    const Finding &finding = m_findings[at];
    switch (role) {
    case Qt::DisplayRole:
        return finding.rule->title;
    case CostRole:
        return findingCost(finding);
    case FactsRole:
        return visibleText(findingFacts(finding)); // VMs are named as their traces like
    case AdviceRole:
        return QString(QStringLiteral("Try: ") % finding.rule->advice % QLatin1Char('.'));
    case ShareRole:
        return finding.overheadPercent ? QVariant(*finding.overheadPercent) : QVariant();
    case IsShownRole:
        return isShown(at);
    case Qt::ToolTipRole:
        return plainTip(QString(QStringLiteral("How sure: ") % surenessText(finding.rule->sureness)
            % (finding.isBound ? QString(QStringLiteral(". ") % whyAtMost()) : QString())
            % QStringLiteral(". Click to show its exits everywhere; again to drop that.")));
    case Qt::AccessibleTextRole:
        return QString(finding.rule->title % QStringLiteral(": ") % findingCost(finding) % QStringLiteral(". ")
            % visibleText(findingFacts(finding)) % QStringLiteral(". Try: ") % finding.rule->advice);
    default:
        return {};
    }
}

} // namespace exitscope
