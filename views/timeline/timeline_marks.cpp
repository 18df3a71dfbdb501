// SPDX-License-Identifier: GPL-3.0-or-later
// Marks of exits above the states, by pixel column, and their names where there is room.
#include <algorithm>

#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kLabelGap = 3; // between a mark and its name, and after the name

struct MarkColumn {
    QRectF lane; // of its row
    int column = 0;
    std::int64_t count = 0;
    std::uint16_t reason = 0;
    bool passes = true;
};

// The first exit at or after t, which is not before `from`. Columns follow each other: it is near, and a search through
// all would be most of what a row of many vCPUs takes.
std::size_t nextFrom(const VcpuExitIndex &exits, std::size_t from, Ns t)
{
    std::size_t step = 1;
    while (from + step < exits.size() && exits.time(from + step) < t) {
        from += step;
        step *= 2;
    }
    std::size_t end = std::min(from + step, exits.size());
    while (from < end) {
        const std::size_t middle = from + (end - from) / 2;
        if (exits.time(middle) < t)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

// Counts exits column by column, from left to right.
class ColumnCounter {
public:
    ColumnCounter(const ExitIndex &index, const TimelineRow &row, TimeRange range, std::size_t reasons)
        : m_counts(reasons)
    {
        for (const VcpuAt &shown : row.shows)
            m_vcpus.push_back({&index[shown.number], index[shown.number].lowerBound(range.from)});
    }

    // Up to the time; {exits, the reason that most of them have}.
    std::pair<std::int64_t, std::uint16_t> countUntil(Ns to)
    {
        m_spans.clear();
        std::size_t total = 0;
        for (Position &at : m_vcpus) {
            if (at.next >= at.exits->size() || at.exits->time(at.next) >= to)
                continue;
            const std::size_t last = nextFrom(*at.exits, at.next, to);
            m_spans.push_back({at.exits, at.next, last});
            total += last - at.next;
            at.next = last;
        }
        if (total == 0)
            return {0, std::uint16_t(0)};
        return {std::int64_t(total), total <= kFew ? mostOfFew() : mostOfMany()};
    }

private:
    struct Position {
        const VcpuExitIndex *exits;
        std::size_t next;
    };
    struct Span {
        const VcpuExitIndex *exits;
        std::size_t first, last;
    };
    static constexpr std::size_t kFew = 64; // exits: fewer than there can be reasons

    // Of equals the first, as std::max_element() says. Looks at no reason that none of them has.
    std::uint16_t mostOfFew()
    {
        std::uint16_t most = 0;
        std::int64_t count = 0;
        forEach([&](std::uint16_t reason) {
            const std::int64_t now = ++m_counts[reason];
            if (now > count || (now == count && reason < most)) {
                most = reason;
                count = now;
            }
        });
        forEach([&](std::uint16_t reason) { m_counts[reason] = 0; });
        return most;
    }

    std::uint16_t mostOfMany()
    {
        for (const Span &span : m_spans)
            span.exits->addCounts(span.first, span.last, m_counts);
        const auto most = std::uint16_t(std::ranges::max_element(m_counts) - m_counts.begin());
        std::ranges::fill(m_counts, 0);
        return most;
    }

    template <typename Act>
    void forEach(const Act &act) const
    {
        for (const Span &span : m_spans)
            for (std::size_t i = span.first; i < span.last; ++i)
                act(span.exits->exits().reason(span.exits->row(i)));
    }

    std::vector<Position> m_vcpus;
    std::vector<Span> m_spans; // of the column
    std::vector<std::int64_t> m_counts; // 0 between columns
};

std::vector<MarkColumn> columnsOf(
    const TimelineLayout &layout, const TimelineRow &row, const ExitIndex &all, const ExitIndex &passing)
{
    std::vector<MarkColumn> columns;
    const QRectF lane = row.lane(LaneKind::Marks);
    const TimeScale &scale = layout.scale;
    const std::size_t reasons = layout.recording->reasons.size();
    ColumnCounter passes(passing, row, scale.range, reasons);
    ColumnCounter any(all, row, scale.range, reasons);
    const bool filtered = &all != &passing;
    for (int column = 0; column < scale.columns(); ++column) {
        // An exit at the very end of the recording is seen too.
        const Ns to = scale.columnBegin(column + 1) + (column + 1 == scale.columns() ? 1 : 0);
        const auto [count, reason] = passes.countUntil(to);
        const auto [left, leftReason] = filtered ? any.countUntil(to) : std::pair{count, reason};
        if (count > 0)
            columns.push_back({lane, column, count, reason, true});
        else if (left > 0)
            columns.push_back({lane, column, left, leftReason, false});
    }
    return columns;
}

// One exit reaches as high as it would alone; more reach higher, by their logarithm.
double heightOf(const MarkColumn &mark, std::int64_t most)
{
    const double lane = mark.lane.height();
    if (!mark.passes)
        return std::max(2.0, std::round(lane * 0.35));
    if (most <= 1)
        return lane;
    const double share = std::log1p(double(mark.count)) / std::log1p(double(most));
    return std::max(2.0, std::round(lane * (0.35 + 0.65 * share)));
}

// Measured once each: shaping a name takes longer than all else that a mark needs.
class NameWidths {
public:
    NameWidths(const ReasonTable &reasons, const QFontMetricsF &metrics)
        : m_reasons(reasons), m_metrics(metrics), m_widths(reasons.size(), -1)
    {
    }
    double operator[](std::uint16_t reason)
    {
        double &width = m_widths[reason];
        if (width < 0)
            width = m_metrics.horizontalAdvance(m_reasons[reason].name);
        return width;
    }
    double ascent() const { return m_metrics.ascent(); }

private:
    const ReasonTable &m_reasons;
    const QFontMetricsF &m_metrics;
    std::vector<double> m_widths;
};

void addLabel(TimelineLayout &layout, const MarkColumn &mark, double room, NameWidths &widths)
{
    const QRectF &lane = mark.lane;
    if (!mark.passes || mark.count != 1 || lane.height() < widths.ascent())
        return;
    const double width = widths[mark.reason];
    if (width + 2 * kLabelGap > room)
        return;
    const QRectF rect(layout.scale.left + mark.column + kLabelGap, lane.top(), width + 1, lane.height());
    layout.exitLabels.push_back({rect, layout.recording->reasons[mark.reason].name, mark.reason});
}

void placeRow(TimelineLayout &layout, const std::vector<MarkColumn> &columns, std::int64_t most, NameWidths &widths)
{
    const int end = layout.scale.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const MarkColumn &mark = columns[i];
        const int next = i + 1 < columns.size() ? columns[i + 1].column : end;
        const double height = heightOf(mark, most);
        // A lone mark is easier to see at two pixels.
        const double width = next - mark.column > 3 ? 2 : 1;
        const QRectF rect(layout.scale.left + mark.column, mark.lane.bottom() - height, width, height);
        MarkRect *before = i > 0 ? &layout.marks.back() : nullptr;
        if (before && before->rect.right() == rect.left() && before->rect.height() == height
            && before->reason == mark.reason && before->passes == mark.passes)
            before->rect.setRight(rect.right());
        else
            layout.marks.push_back({rect, mark.reason, mark.passes});
        addLabel(layout, mark, next - mark.column, widths);
    }
}

} // namespace

void addMarks(TimelineLayout &layout, const ExitIndex &all, const ExitIndex &passing, const QFontMetricsF &metrics)
{
    std::vector<std::vector<MarkColumn>> rows;
    std::int64_t most = 0;
    for (const TimelineRow &row : layout.rows) {
        if (row.lane(LaneKind::Marks).height() < 1)
            continue;
        rows.push_back(columnsOf(layout, row, all, passing));
        for (const MarkColumn &mark : rows.back())
            most = std::max(most, mark.passes ? mark.count : 0);
    }
    NameWidths widths(layout.recording->reasons, metrics);
    for (const std::vector<MarkColumn> &columns : rows)
        placeRow(layout, columns, most, widths);
}

} // namespace exitscope
