// SPDX-License-Identifier: GPL-3.0-or-later
// Marks of exits above the states, by pixel column, and their names where there is room.
#include <algorithm>
#include <optional>
#include <span>

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

// Counts exits column by column, from left to right.
class ColumnCounter {
public:
    // `borders`: where the columns begin, and where the last one ends.
    ColumnCounter(const ExitIndex &index, const TimelineRow &row, std::span<const Ns> borders, std::size_t reasons)
        : m_few(reasons), m_upTo(reasons), m_next(reasons)
    {
        for (const VcpuAt &shown : row.shows)
            m_vcpus.push_back({&index[shown.number], index[shown.number].lowerBounds(borders)});
    }

    // {exits, the reason that most of them have}; of one column after the other, or of fewer.
    std::pair<std::int64_t, std::uint16_t> count(std::size_t column)
    {
        std::size_t total = 0;
        for (const Vcpu &vcpu : m_vcpus) {
            total += vcpu.borders[column + 1] - vcpu.borders[column];
            if (column + kAhead < vcpu.borders.size())
                vcpu.exits->fetchCounts(vcpu.borders[column + kAhead]);
        }
        if (total == 0)
            return {0, std::uint16_t(0)};
        return {std::int64_t(total), total <= kFew ? mostOfFew(column) : mostOfMany(column)};
    }

private:
    struct Vcpu {
        const VcpuExitIndex *exits;
        std::vector<std::size_t> borders; // the first exit at or after each
    };
    static constexpr std::size_t kFew = 64; // exits: fewer than there can be reasons
    static constexpr std::size_t kAhead = 8; // columns
    using Counts = std::vector<std::int64_t>; // per reason

    // Of equals the first, as among many. Looks at no reason that none of them has.
    std::uint16_t mostOfFew(std::size_t column)
    {
        std::uint16_t most = 0;
        std::int64_t count = 0;
        forEach(
            column,
            [&](std::uint16_t reason) {
                const std::int64_t now = ++m_few[reason];
                if (now > count || (now == count && reason < most)) {
                    most = reason;
                    count = now;
                }
            });
        forEach(column, [&](std::uint16_t reason) { m_few[reason] = 0; });
        return most;
    }
    template <typename Act>
    void forEach(std::size_t column, const Act &act) const
    {
        for (const Vcpu &vcpu : m_vcpus)
            for (std::size_t i = vcpu.borders[column]; i < vcpu.borders[column + 1]; ++i)
                act(vcpu.exits->exits().reason(vcpu.exits->row(i)));
    }

    // Where one column ends the next begins: up to there they are counted once.
    std::uint16_t mostOfMany(std::size_t column)
    {
        if (m_upToBorder != column)
            countUpTo(column, m_upTo);
        countUpTo(column + 1, m_next);
        std::size_t most = 0;
        for (std::size_t r = 1; r < m_next.size(); ++r)
            if (m_next[r] - m_upTo[r] > m_next[most] - m_upTo[most])
                most = r;
        m_upTo.swap(m_next);
        m_upToBorder = column + 1;
        return std::uint16_t(most);
    }
    void countUpTo(std::size_t border, Counts &counts) const
    {
        std::ranges::fill(counts, 0);
        for (const Vcpu &vcpu : m_vcpus)
            vcpu.exits->addCountsBefore(vcpu.borders[border], counts);
    }

    std::vector<Vcpu> m_vcpus;
    Counts m_few; // 0 between columns
    Counts m_upTo, m_next;
    std::optional<std::size_t> m_upToBorder; // of m_upTo
};

std::vector<MarkColumn> columnsOf(
    const TimelineLayout &layout, const TimelineRow &row, const ExitIndex &all, const ExitIndex &passing)
{
    std::vector<MarkColumn> columns;
    const QRectF lane = row.lane(LaneKind::Marks);
    const TimeScale &scale = layout.scale;
    const std::size_t reasons = layout.recording->reasons.size();
    std::vector<Ns> borders = scale.columnBorders();
    ++borders.back(); // an exit at the very end of the recording is seen too
    ColumnCounter passes(passing, row, borders, reasons);
    std::optional<ColumnCounter> any;
    if (&all != &passing)
        any.emplace(all, row, borders, reasons);
    for (int column = 0; column < scale.columns(); ++column) {
        const auto [count, reason] = passes.count(std::size_t(column));
        const auto [left, leftReason] = any && count == 0 ? any->count(std::size_t(column)) : std::pair{count, reason};
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
