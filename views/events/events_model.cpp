// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/events/events_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/events/event_text.h"
#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

struct EventColumnTitle {
    const char *title;
    const char *meaning;
};

constexpr std::array<EventColumnTitle, EventsModel::ColumnCount> kEventTitles{{
    {"Time", "Since the begin of the recording, on the host's clock; guests are put on it"},
    {"Machine", "Which machine recorded it: the host or a guest"},
    {"CPU", "The machine's own CPU where it happened"},
    {"Thread", "The thread, as the event's context tells it"},
    {"Event", "What happened, as the trace calls it"},
    {"Fields", "All that the trace tells of it: of its packet, of all events, of this kind of event, and its own"},
}};

QString secondsText(Ns offset)
{
    constexpr Ns kSecond = 1'000'000'000;
    return QStringLiteral("%1.%2").arg(offset / kSecond).arg(offset % kSecond, 9, 10, QLatin1Char('0'));
}

} // namespace

void EventsModel::set(std::shared_ptr<const ShownEvents> events, EventRows rows)
{
    beginResetModel();
    m_events = std::move(events);
    m_rows = std::move(rows);
    endResetModel();
}

int EventsModel::rowAt(Ns time) const
{
    const auto found = std::ranges::lower_bound(
        m_rows, time, {}, [this](std::uint32_t row) { return m_events->list.events[row].timeNs; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int EventsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int EventsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString EventsModel::cellText(const ListedEvent &listed, int column) const
{
    const RawEvent &event = listed.event;
    switch (column) {
    case TimeColumn:
        return secondsText(listed.timeNs - boundsOf(*m_events->of.recording).from);
    case MachineColumn:
        return machineOf(m_events->of.recording->traces[listed.trace]);
    case CpuColumn:
        return event.pcpu < 0 ? QStringLiteral("–") : QString::number(event.pcpu);
    case ThreadColumn:
        return threadShown(event);
    case EventColumn:
        return shownText(event.name);
    case FieldsColumn:
        return fieldsShown(event);
    default:
        return {};
    }
}

QVariant EventsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return cellText(at(index.row()), index.column());
    if (role == Qt::ToolTipRole && index.column() == FieldsColumn)
        return plainTip(cellText(at(index.row()), FieldsColumn));
    if (role == Qt::TextAlignmentRole && index.column() == CpuColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const EventColumnTitle &title = kEventTitles[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return QString::fromUtf8(title.title);
    return role == Qt::ToolTipRole ? QVariant(QString::fromUtf8(title.meaning)) : QVariant();
}

} // namespace exitscope
