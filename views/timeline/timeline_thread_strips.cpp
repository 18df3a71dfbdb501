// SPDX-License-Identifier: GPL-3.0-or-later
// What threads of guests did, by pixel column.
#include <algorithm>
#include <map>

#include "model/number_format.h"
#include "views/timeline/column_stack.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kPieceName = 3; // px beside it
constexpr double kLeastStrip = 3; // px of a row in which anything is seen

QString stateText(const TimelineLayout &layout, const GuestTrace &guest, const ThreadInterval &interval)
{
    const std::string_view what = name(interval.state);
    QString text = QString::fromLatin1(what.data(), qsizetype(what.size()));
    const bool isExit = interval.state == ThreadState::Kvm || interval.state == ThreadState::Userspace;
    if (isExit && interval.reason)
        text += QStringLiteral(": ") % layout.recording->reasons[*interval.reason].name;
    if (interval.call != kNoCall && guest.calls.name[interval.call] != kNoName)
        text += QStringLiteral(" in ") % guest.names[guest.calls.name[interval.call]];
    return text;
}

void addPieceName(TimelineLayout &layout, const QRectF &rect, const GuestTrace &guest, const ThreadInterval &interval,
    const QFontMetricsF &metrics)
{
    const double room = rect.width() - 2 * kPieceName;
    if (interval.state == ThreadState::Gone || rect.height() < metrics.ascent() || room < metrics.height())
        return; // no name is narrower than a line is high
    const std::string_view what = name(interval.state);
    for (const QString &text :
        {stateText(layout, guest, interval), QString::fromLatin1(what.data(), qsizetype(what.size()))}) {
        if (metrics.horizontalAdvance(text) <= room) {
            layout.threadLabels.push_back({{rect, text}, interval.state});
            return;
        }
    }
}

// A state that lasts for columns is one piece, with its name; else each column has its shares.
void addThreadStrip(TimelineLayout &layout, const TimelineRow &row, const QFontMetricsF &metrics)
{
    const ListedGuest &guest = *guestOf(layout, row);
    ThreadOnHost thread(*guest.hosted, threadOf(layout, row)->thread);
    const TimeScale &scale = layout.scale;
    const TimeRange known = guest.hosted->range();
    ColumnStack<ThreadRect, kThreadStates> stack(layout.threads, row.strip, scale.left);
    for (int column = 0; column < scale.columns();) {
        TimeRange range{scale.columnBegin(column), scale.columnBegin(column + 1)};
        range = {std::max(range.from, known.from), std::min(std::max(range.to, range.from + 1), known.to)};
        if (range.length() <= 0) { // another host's time
            ++column;
            continue;
        }
        if (thread.changesWithin(range)) { // as in most columns of a whole recording
            stack.add(column, column + 1, thread.roughlyWithin(range), range.length());
            ++column;
            continue;
        }
        const ThreadInterval interval = thread.from(range.from, std::max(range.to, scale.range.to));
        if (interval.range.to < range.to) {
            stack.add(column, column + 1, thread.roughlyWithin(range), range.length());
            ++column;
            continue;
        }
        const int last = std::clamp(scale.columnOf(interval.range.to), column + 1, scale.columns());
        TimePerThreadState times{};
        times[std::size_t(interval.state)] = 1;
        stack.add(column, last, times, 1);
        const QRectF rect(scale.left + column, row.strip.top(), last - column, row.strip.height());
        addPieceName(layout, rect, guest.hosted->guest(), interval, metrics);
        column = last;
    }
    stack.finish();
}

// Rows of threads that another layout has, at the same times and places, so that they only move up or down.
class KnownStrips {
public:
    KnownStrips(const TimelineLayout &layout, const TimelineLayout *of) : m_of(of)
    {
        if (!of || of->scale.range != layout.scale.range || of->scale.left != layout.scale.left
            || of->scale.width != layout.scale.width)
            return;
        for (const TimelineRow &row : of->rows)
            if (row.isThread())
                m_rows.emplace(keyOf(*of, row), &row);
    }

    bool moveTo(TimelineLayout &layout, const TimelineRow &row) const
    {
        const auto known = m_rows.find(keyOf(layout, row));
        if (known == m_rows.end() || known->second->strip.size() != row.strip.size())
            return false;
        const TimelineRow &from = *known->second;
        const double down = row.strip.top() - from.strip.top();
        for (std::size_t i = from.threadParts.first; i < from.threadParts.last; ++i)
            layout.threads.push_back({m_of->threads[i].rect.translated(0, down), m_of->threads[i].state});
        for (std::size_t i = from.threadNames.first; i < from.threadNames.last; ++i) {
            const ThreadLabel &label = m_of->threadLabels[i];
            layout.threadLabels.push_back({{label.note.rect.translated(0, down), label.note.text}, label.state});
        }
        return true;
    }

private:
    using Key = std::pair<const GuestOnHost *, std::uint32_t>; // in any order of the list
    static Key keyOf(const TimelineLayout &layout, const TimelineRow &row)
    {
        return {guestOf(layout, row)->hosted.get(), threadOf(layout, row)->thread};
    }

    const TimelineLayout *m_of;
    std::map<Key, const TimelineRow *> m_rows;
};

void addThread(TimelineLayout &layout, TimelineRow &row, const KnownStrips &known, const QFontMetricsF &metrics)
{
    row.threadParts.first = layout.threads.size();
    row.threadNames.first = layout.threadLabels.size();
    if (!known.moveTo(layout, row))
        addThreadStrip(layout, row, metrics);
    row.threadParts.last = layout.threads.size();
    row.threadNames.last = layout.threadLabels.size();
}

// Beside the name of a guest: how to read its rows.
void addHeaderNotes(
    TimelineLayout &layout, const TimelineRow &row, const ListedGuest &guest, const QFontMetricsF &metrics)
{
    constexpr double kSide = 8;
    constexpr double kGap = 14;
    double x = layout.plot.left() + kGap + metrics.height();
    const auto room = [&](const QString &text) { return std::ceil(metrics.horizontalAdvance(text)) + 1; };
    for (const auto &[state, text] : {std::pair(ThreadState::Waiting, QStringLiteral("waiting for a CPU of the guest")),
             std::pair(ThreadState::Sleeping, QStringLiteral("sleeping"))}) {
        const QRectF swatch(x, std::round(row.rect.center().y() - kSide / 2), kSide, kSide);
        const QRectF at(swatch.right() + 4, row.rect.top(), room(text), row.rect.height());
        if (at.right() > layout.plot.right())
            return;
        layout.threadSwatches.push_back({swatch, state});
        layout.threadNotes.push_back({at, text});
        x = at.right() + kGap;
    }
    const auto count = [](std::size_t number, const char *one, const char *many) {
        return formatCounted(std::int64_t(number), QString::fromLatin1(one), QString::fromLatin1(many));
    };
    const QString text = count(guest.processes.size(), "process", "processes") % QStringLiteral(", ")
        % count(guest.threads, "thread", "threads") % QStringLiteral(", lost ") % formatDuration(guest.lost);
    const QRectF at(x, row.rect.top(), room(text), row.rect.height());
    if (at.right() <= layout.plot.right())
        layout.threadNotes.push_back({at, text});
}

void addProcessNote(TimelineLayout &layout, const TimelineRow &row, const ListedProcess &process)
{
    const QString text
        = formatCounted(std::int64_t(process.threads.size()), QStringLiteral("thread"), QStringLiteral("threads"))
        % QStringLiteral(", lost ") % formatDuration(process.lost);
    layout.threadNotes.push_back({row.strip.adjusted(kPieceName, 0, 0, 0), text});
}

} // namespace

void addThreadStrips(TimelineLayout &layout, const QFontMetricsF &metrics, const TimelineLayout *last)
{
    const KnownStrips known(layout, last);
    for (TimelineRow &row : layout.rows) {
        const ListedGuest *guest = guestOf(layout, row);
        if (!guest || row.rect.height() < kLeastStrip)
            continue;
        if (row.threads->thread)
            addThread(layout, row, known, metrics);
        else if (row.rect.height() < metrics.ascent())
            continue;
        else if (row.threads->process)
            addProcessNote(layout, row, guest->processes[*row.threads->process]);
        else
            addHeaderNotes(layout, row, *guest, metrics);
    }
}

} // namespace exitscope
