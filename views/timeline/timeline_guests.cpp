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

// One rectangle for neighbouring columns with the same thread.
void addThreads(TimelineLayout &layout, const TimelineRow &row, const GuestCpuOnHost &cpu, const QFontMetricsF &metrics)
{
    const Vcpu &vcpu = *row.shows.front().vcpu;
    const QRectF strip = row.lane(LaneKind::Guests);
    const int end = layout.scale.columns();
    std::optional<GuestRect> open;
    const auto close = [&](int column) {
        if (!open)
            return;
        open->rect.setRight(layout.scale.left + column);
        addLabel(layout, *open, cpu, metrics);
        layout.guests.push_back(*open);
        open.reset();
    };
    for (int column = 0; column < end; ++column) {
        const TimeRange range{layout.scale.columnBegin(column), layout.scale.columnBegin(column + 1)};
        const GuestShare share = guestShareOf(vcpu, cpu, {range.from, std::max(range.to, range.from + 1)});
        if (open && (share.ns == 0 || share.tid != open->tid))
            close(column);
        if (share.ns > 0 && !open)
            open = GuestRect{{QPointF(layout.scale.left + column, strip.top()),
                                 QPointF(layout.scale.left + column + 1, strip.bottom())},
                share.tid};
    }
    close(end);
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
            if (const auto cpu = layout.shownGuests->on(*row.vcpu))
                addThreads(layout, row, *cpu, metrics);
        }
    }
}

} // namespace exitscope
