// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/diagnostics_panel.h"

#include <QApplication>
#include <QHeaderView>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

#include "model/number_format.h"
#include "model/visible_text.h"
#include "views/panels/panel_table.h"

namespace exitscope {

namespace {

QVariant displayed(const Diagnostic &diagnostic, int column)
{
    switch (column) {
    case DiagnosticsModel::SeverityColumn:
        return severityName(diagnostic.severity);
    case DiagnosticsModel::CodeColumn:
        return diagnostic.code;
    case DiagnosticsModel::MessageColumn:
        return visibleText(diagnostic.message);
    case DiagnosticsModel::PathColumn:
        return visibleText(diagnostic.path);
    case DiagnosticsModel::CountColumn:
        return formatCount(diagnostic.count);
    default:
        return {};
    }
}

} // namespace

QIcon severityIcon(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return QApplication::style()->standardIcon(QStyle::SP_MessageBoxCritical);
    case Severity::Warning:
        return QApplication::style()->standardIcon(QStyle::SP_MessageBoxWarning);
    case Severity::Info:
        break;
    }
    return QApplication::style()->standardIcon(QStyle::SP_MessageBoxInformation);
}

Severity gravest(const Diagnostics &diagnostics)
{
    const auto most = std::ranges::max_element(diagnostics, {}, &Diagnostic::severity);
    return most == diagnostics.end() ? Severity::Info : most->severity;
}

QString diagnosticsSummary(const Diagnostics &diagnostics)
{
    if (diagnostics.empty())
        return {};
    return diagnostics.size() == 1 ? QStringLiteral("1 diagnostic")
                                   : QStringLiteral("%1 diagnostics").arg(diagnostics.size());
}

void DiagnosticsModel::setDiagnostics(Diagnostics diagnostics)
{
    beginResetModel();
    m_diagnostics = std::move(diagnostics);
    std::ranges::stable_sort(m_diagnostics, std::ranges::greater{}, &Diagnostic::severity);
    endResetModel();
}

int DiagnosticsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_diagnostics.size());
}

int DiagnosticsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DiagnosticsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Diagnostic &diagnostic = m_diagnostics[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return displayed(diagnostic, index.column());
    case Qt::ToolTipRole:
        return QStringLiteral("<p>%1</p><p>%2</p>")
            .arg(visibleText(diagnostic.message).toHtmlEscaped(), visibleText(diagnostic.path).toHtmlEscaped());
    case Qt::DecorationRole:
        return index.column() == SeverityColumn ? QVariant(severityIcon(diagnostic.severity)) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == CountColumn ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    default:
        return {};
    }
}

QVariant DiagnosticsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    static const std::array<QString, ColumnCount> kTitles{QStringLiteral("Severity"), QStringLiteral("Code"),
        QStringLiteral("Message"), QStringLiteral("Path"), QStringLiteral("Count")};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    return kTitles[std::size_t(section)];
}

DiagnosticsPanel::DiagnosticsPanel(QWidget *parent)
    : QWidget(parent), m_table(newPanelTable(QStringLiteral("Diagnostics"), this)),
      m_retry(new QPushButton(QStringLiteral("&Retry"), this))
{
    m_table->setModel(&m_model);
    m_table->setWordWrap(true);
    m_retry->setToolTip(QStringLiteral("Read the same paths anew"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_table);
    layout->addWidget(m_retry, 0, Qt::AlignLeft);
    connect(m_retry, &QPushButton::clicked, this, &DiagnosticsPanel::retryWanted);
}

void DiagnosticsPanel::setDiagnostics(const Diagnostics &diagnostics)
{
    if (diagnostics == m_given)
        return; // what is chosen in the table stays chosen
    m_given = diagnostics;
    m_model.setDiagnostics(diagnostics);
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setSectionResizeMode(DiagnosticsModel::MessageColumn, QHeaderView::Stretch);
}

} // namespace exitscope
