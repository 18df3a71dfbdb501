// SPDX-License-Identifier: GPL-3.0-or-later
// Bands of states and strips of pCPUs, by pixel column.
#include <span>

#include "model/number_format.h"
#include "model/timeline/state_borders.h"
#include "model/timeline/time_per_state.h"
#include "views/timeline/column_stack.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kTextPadding = 4;

using BandStack = ColumnStack<StateRect, kVcpuStates>;

// What a column shows: at least a ns, for windows shorter than their pixels.
TimeRange columnRange(std::span<const Ns> borders, int column)
{
    const Ns from = borders[std::size_t(column)];
    return {from, std::max(from + 1, borders[std::size_t(column) + 1])};
}

// The interval that fills the column, if one does.
std::size_t onlyInterval(const StateColumns &states, std::size_t i, TimeRange column)
{
    return i < states.size() && states.end(i) >= column.to ? i : states.size();
}

void addStateLabel(TimelineLayout &layout, const QRectF &rect, VcpuState state, Ns length, const QFontMetricsF &metrics)
{
    // No name is narrower than a line is high; measuring each is dear where there are thousands.
    if (rect.height() < metrics.height() || rect.width() < metrics.height() + 2 * kTextPadding)
        return;
    const QString name = QString::fromLatin1(info(state).name.data(), qsizetype(info(state).name.size()));
    for (const QString &text : {QString(name % QLatin1Char(' ') % formatDuration(length)), name}) {
        if (metrics.horizontalAdvance(text) + 2 * kTextPadding <= rect.width()) {
            layout.stateLabels.push_back({rect, text, state});
            return;
        }
    }
}

void addStatesOf(TimelineLayout &layout, const TimelineRow &row, const QFontMetricsF &metrics)
{
    const TimeScale &scale = layout.scale;
    const QRectF band = row.lane(LaneKind::States);
    BandStack stack(layout.states, band, scale.left);
    const bool single = row.shows.size() == 1;
    const std::vector<Ns> borders = scale.columnBorders();
    std::vector<StateBorders> vcpus;
    for (const VcpuAt &shown : row.shows)
        vcpus.emplace_back(shown.vcpu->states, borders);
    for (int column = 0; column < scale.columns();) {
        const TimeRange range = columnRange(borders, column);
        if (single) {
            const StateColumns &states = row.shows.front().vcpu->states;
            const std::size_t i = onlyInterval(states, vcpus.front().at(std::size_t(column)), range);
            if (i < states.size()) { // on to where it ends, however many columns
                const int last = std::max(column + 1, scale.columnOf(states.end(i)));
                TimePerState times{};
                times[std::size_t(states.state(i))] = 1;
                stack.add(column, last, times, 1);
                const QRectF rect(scale.left + column, band.top(), last - column, band.height());
                addStateLabel(layout, rect, states.state(i), states.end(i) - states.begin(i), metrics);
                column = last;
                continue;
            }
        }
        TimePerState times{};
        for (std::size_t v = 0; v < vcpus.size(); ++v) {
            const bool isWhole = range.to == borders[std::size_t(column) + 1];
            addTo(times, isWhole ? vcpus[v].after(std::size_t(column)) : row.shows[v].vcpu->states.within(range));
        }
        stack.add(column, column + 1, times, range.length() * Ns(row.shows.size()));
        ++column;
    }
    stack.finish();
}

void addPcpusOf(TimelineLayout &layout, const TimelineRow &row, const QFontMetricsF &metrics)
{
    const TimeScale &scale = layout.scale;
    const StateColumns &states = row.shows.front().vcpu->states;
    const std::vector<Ns> borders = scale.columnBorders();
    StateBorders at(states, borders);
    const QRectF strip = row.lane(LaneKind::Pcpus);
    int first = 0;
    std::int32_t pcpu = kNoPcpu;
    const auto flush = [&](int last) {
        if (pcpu == kNoPcpu || last <= first)
            return;
        const QRectF rect(scale.left + first, strip.top(), last - first, strip.height());
        layout.pcpus.push_back({rect, pcpu});
        const QString text = QStringLiteral("pCPU ") % QString::number(pcpu);
        if (metrics.horizontalAdvance(text) + 2 * kTextPadding <= rect.width())
            layout.pcpuLabels.push_back({rect, text, VcpuState::Kvm});
    };
    for (int column = 0; column < scale.columns();) {
        const std::size_t i = at.at(std::size_t(column));
        const std::int32_t here = i < states.size() ? states.pcpu(i) : kNoPcpu;
        if (here != pcpu) {
            flush(column);
            first = column;
            pcpu = here;
        }
        column = i < states.size() ? std::max(column + 1, scale.columnOf(states.end(i))) : column + 1;
    }
    flush(scale.columns());
}

} // namespace

void addStates(TimelineLayout &layout, const QFontMetricsF &metrics)
{
    for (const TimelineRow &row : layout.rows)
        if (!row.shows.empty())
            addStatesOf(layout, row, metrics);
}

void addPcpus(TimelineLayout &layout, const QFontMetricsF &metrics)
{
    for (const TimelineRow &row : layout.rows)
        if (!row.lane(LaneKind::Pcpus).isEmpty())
            addPcpusOf(layout, row, metrics);
}

} // namespace exitscope
