// SPDX-License-Identifier: GPL-3.0-or-later
// What runs in the guests, below the states, and where guest events fall out of guest mode.
#include <algorithm>

#include "views/panels/guest_clock_text.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kLabelPadding = 3;

void addLabel(TimelineLayout &layout, const GuestRect &guest, const GuestCpuOnHost &cpu, const QFontMetricsF &metrics)
{
    const double room = guest.rect.width() - 2 * kLabelPadding;
    if (guest.tid <= 0 || guest.rect.height() < metrics.ascent() || room < metrics.height())
        return; // no name is narrower than a line is high
    const Ns at = layout.scale.pxToTime(guest.rect.center().x());
    for (const QString &text : {guestThreadText(cpu, guest.tid, at), cpu.nameOf(guest.tid, at)}) {
        if (text.isEmpty() || metrics.horizontalAdvance(text) > room)
            continue;
        layout.guestLabels.push_back({guest.rect.adjusted(kLabelPadding, 0, -kLabelPadding, 0), text, guest.tid});
        return;
    }
}

// One rectangle for neighbouring columns of the same: shareOf(range) tells whose most of a column is, and
// add(rect, whose) takes what came of it.
template <typename ShareOf, typename Add>
void addStrip(const TimeScale &scale, const QRectF &strip, const ShareOf &shareOf, const Add &add)
{
    decltype(shareOf(TimeRange{})) open;
    int since = 0;
    const auto close = [&](int column) {
        if (open.ns > 0)
            add(QRectF(scale.left + since, strip.top(), column - since, strip.height()), open.of);
    };
    for (int column = 0; column < scale.columns(); ++column) {
        const TimeRange range{scale.columnBegin(column), scale.columnBegin(column + 1)};
        const auto share = shareOf(TimeRange{range.from, std::max(range.to, range.from + 1)});
        if ((open.ns > 0) == (share.ns > 0) && open.of == share.of)
            continue;
        close(column);
        open = share;
        since = column;
    }
    close(scale.columns());
}

void addThreads(TimelineLayout &layout, const TimelineRow &row, const GuestCpuOnHost &cpu, const QFontMetricsF &metrics)
{
    GuestShares shares(*row.shows.front().vcpu, cpu);
    addStrip(
        layout.scale, row.lane(LaneKind::Guests), [&](TimeRange range) { return shares.thread(range); },
        [&](const QRectF &rect, std::int32_t tid) {
            layout.guests.push_back({rect, tid});
            addLabel(layout, layout.guests.back(), cpu, metrics);
        });
}

void addContexts(
    TimelineLayout &layout, const TimelineRow &row, const GuestCpuOnHost &cpu, const QFontMetricsF &metrics)
{
    GuestShares shares(*row.shows.front().vcpu, cpu);
    addStrip(
        layout.scale, row.lane(LaneKind::Contexts), [&](TimeRange range) { return shares.context(range); },
        [&](const QRectF &rect, const ContextKind &context) {
            layout.contexts.push_back({rect, context.mode});
            const double room = rect.width() - 2 * kLabelPadding;
            if (rect.height() < metrics.ascent() || room < metrics.height())
                return;
            const QString text = contextText(cpu.guest(), context);
            if (!text.isEmpty() && metrics.horizontalAdvance(text) <= room)
                layout.contextLabels.push_back({rect, text});
        });
}

void addMisfits(TimelineLayout &layout, const TimelineRow &row, const ShownGuest &guest)
{
    const double height = std::clamp(std::floor(row.rect.height() / 4), 2.0, 5.0);
    const double top = row.rect.bottom() - height;
    for (int column = 0; column < layout.scale.columns(); ++column) {
        const auto first = std::ranges::lower_bound(guest.misfits, layout.scale.columnBegin(column));
        if (first == guest.misfits.end() || *first >= layout.scale.columnBegin(column + 1))
            continue;
        const QRectF rect(layout.scale.left + column, top, 1, height);
        if (!layout.misfits.empty() && layout.misfits.back().right() == rect.left()
            && layout.misfits.back().top() == top)
            layout.misfits.back().setRight(rect.right());
        else
            layout.misfits.push_back(rect);
    }
}

} // namespace

void addGuests(TimelineLayout &layout, const QFontMetricsF &metrics)
{
    if (!layout.shownGuests)
        return;
    for (const TimelineRow &row : layout.rows) {
        if (row.isVm()) {
            if (const ShownGuest *guest = layout.shownGuests->of(row.vm))
                addMisfits(layout, row, *guest);
        } else if (!row.lane(LaneKind::Guests).isEmpty()) {
            if (const auto cpu = layout.shownGuests->on(*row.vcpu)) {
                addThreads(layout, row, *cpu, metrics);
                addContexts(layout, row, *cpu, metrics);
            }
        }
    }
}

} // namespace exitscope
