// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/events/shown_events.h"

#include <algorithm>

#include "model/events/event_text.h"
#include "model/number_format.h"
#include "model/session/exit_search.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

bool isLookDue(std::size_t row)
{
    constexpr std::size_t kRowsPerLook = 256;
    return row % kRowsPerLook == 0;
}

} // namespace

WantedEvents wantedEvents(
    const std::shared_ptr<const Recording> &recording, const ShownGuests *guests, const ViewValues &values)
{
    WantedEvents wanted;
    wanted.recording = recording;
    if (!recording)
        return wanted;
    wanted.guests.resize(recording->guests.size());
    if (guests && guests->recording == recording)
        for (std::size_t i = 0; i < std::min(guests->guests.size(), wanted.guests.size()); ++i)
            if (guests->guests[i].isShown())
                wanted.guests[i] = guests->guests[i].alignment.map;
    if (values.selected) {
        wanted.range = values.selected;
        wanted.range->to += values.selected->to == boundsOf(*recording).to ? 1 : 0; // with the very last
    } else if (const auto exit = values.current ? exitAt(*recording, *values.current) : std::nullopt) {
        wanted.range = rangeAround(*exit);
        wanted.range->to = std::max(wanted.range->to, exit->vcpu->exits.event(exit->index) + 1);
        wanted.exit = values.current;
    }
    return wanted;
}

ShownEvents readShownEvents(const WantedEvents &wanted, CancelFlag cancel)
{
    ShownEvents events{wanted, {}, {}};
    if (!wanted.range)
        return events;
    events.list = readEvents(*wanted.recording, wanted.guests, *wanted.range, kMostListed, cancel);
    const auto exit = wanted.exit ? exitAt(*wanted.recording, *wanted.exit) : std::nullopt;
    if (exit && !events.list.events.empty())
        events.anatomy = anatomyOf(*wanted.recording, *exit, exit->index, events.list, *wanted.range, cancel);
    return events;
}

EventRows eventsWith(const ShownEvents &events, const QString &text, CancelFlag cancel)
{
    EventRows rows;
    for (std::size_t i = 0; i < events.list.events.size(); ++i) {
        if (isLookDue(i) && isCancelled(cancel))
            break;
        const ListedEvent &listed = events.list.events[i];
        const QString all = machineOf(events.of.recording->traces[listed.trace]) % u' ' % threadShown(listed.event)
            % u' ' % shownText(listed.event.name) % u' ' % fieldsShown(listed.event);
        if (all.contains(text, Qt::CaseInsensitive))
            rows.push_back(static_cast<std::uint32_t>(i));
    }
    return rows;
}

QString countsText(const ShownEvents &events, std::size_t rows, const QString &found)
{
    const auto count = static_cast<std::int64_t>(events.list.events.size());
    const QString of = events.of.exit ? QStringLiteral("around the exit") : QStringLiteral("of the selected range");
    QString text = events.list.areMore
        ? QStringLiteral("The first %1 events %2; select a shorter range to see all").arg(formatCount(count), of)
        : QString(formatCounted(count, QStringLiteral("event"), QStringLiteral("events")) % u' ' % of);
    if (!found.isEmpty())
        text += QStringLiteral("; “%1” is in %2").arg(found, formatCount(static_cast<std::int64_t>(rows)));
    if (events.list.diagnostics.empty())
        return text;
    const Diagnostic &first = events.list.diagnostics.front();
    return visibleText(first.path) % QStringLiteral(": ") % first.message
        % (count > 0 ? QString(u'\n' % text) : QString());
}

QString eventsCsv(const ShownEvents &events, const EventRows &rows, CancelFlag cancel)
{
    std::string csv = eventCsvTitles();
    for (const std::uint32_t row : rows) {
        if (isLookDue(row) && isCancelled(cancel))
            break;
        csv += eventCsvRow(*events.of.recording, events.list.events[row]);
    }
    return QString::fromStdString(csv);
}

} // namespace exitscope
