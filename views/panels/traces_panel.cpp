// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/traces_panel.h"

#include <QVBoxLayout>

#include <array>

#include "model/number_format.h"
#include "model/statistics/loss_text.h"
#include "model/visible_text.h"
#include "views/chart/plain_text.h"
#include "views/panels/panel_table.h"

namespace exitscope {

namespace {

struct ColumnTitle {
    QString title;
    QString meaning;
};

const std::array<ColumnTitle, TracesModel::ColumnCount> &titles()
{
    static const std::array<ColumnTitle, TracesModel::ColumnCount> kTitles{{
        {QStringLiteral("Role"),
            QStringLiteral("host: holds VM entries or exits; guest: another kernel trace; user: user-space")},
        {QStringLiteral("Used"),
            QStringLiteral(
                "Whether the numbers are taken from it. Traces of guests and of user space are listed only")},
        {QStringLiteral("Host name"), QStringLiteral("The machine that recorded it")},
        {QStringLiteral("Events"), QStringLiteral("Events read from it")},
        {QStringLiteral("Losses"),
            QStringLiteral("What the tracer discarded. Of perf's conversion to CTF nobody knows")},
        {QStringLiteral("Length"), QStringLiteral("From its first to its last event")},
        {QStringLiteral("Path"), QStringLiteral("Its directory, or its file")},
    }};
    return kTitles;
}

QString displayed(const TraceInfo &trace, int column)
{
    switch (column) {
    case TracesModel::RoleColumn:
        return roleName(trace.role);
    case TracesModel::UsedColumn:
        return trace.used ? QStringLiteral("yes") : QStringLiteral("no");
    case TracesModel::HostnameColumn:
        return QString::fromStdString(trace.description.hostname);
    case TracesModel::EventsColumn:
        return formatCount(trace.events);
    case TracesModel::LostColumn:
        return lossText(trace);
    case TracesModel::LengthColumn:
        return trace.beginNs && trace.endNs ? formatDuration(*trace.endNs - *trace.beginNs) : QStringLiteral("-");
    case TracesModel::PathColumn:
        return plainTip(visibleText(trace.path));
    default:
        return {};
    }
}

bool isNumber(int column)
{
    return column == TracesModel::EventsColumn || column == TracesModel::LengthColumn;
}

} // namespace

void TracesModel::setRecording(std::shared_ptr<const Recording> recording)
{
    beginResetModel();
    m_recording = std::move(recording);
    endResetModel();
}

int TracesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_recording ? 0 : int(m_recording->traces.size());
}

int TracesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TracesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TraceInfo &trace = m_recording->traces[std::size_t(index.row())];
    if (role == Qt::DisplayRole)
        return displayed(trace, index.column());
    if (role == Qt::ToolTipRole)
        return plainTip(visibleText(trace.path));
    if (role == Qt::TextAlignmentRole && isNumber(index.column()))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant TracesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return titles()[std::size_t(section)].title;
    return role == Qt::ToolTipRole ? QVariant(titles()[std::size_t(section)].meaning) : QVariant();
}

TracesPanel::TracesPanel(QWidget *parent) : QWidget(parent), m_table(newPanelTable(QStringLiteral("Traces"), this))
{
    m_table->setModel(&m_model);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_table);
}

void TracesPanel::setRecording(const std::shared_ptr<const Recording> &recording)
{
    m_model.setRecording(recording);
    m_table->resizeColumnsToContents();
}

} // namespace exitscope
