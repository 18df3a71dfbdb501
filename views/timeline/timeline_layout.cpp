// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_layout.h"

#include <algorithm>
#include <numeric>

#include "model/session/exit_search.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kPadding = 6;
constexpr double kRight = 14;
constexpr double kTriangle = 12;
constexpr double kSwatch = 10;
constexpr double kLeastRow = 34; // px of a vCPU's row that is still easy to read
constexpr double kLeastRowWithStrips = 12;
constexpr double kMostRow = 220;
constexpr double kReach = 4; // px between a pointer and the mark that it means

struct Fonts {
    QFontMetricsF labels;
    QFontMetricsF small;
};

// "vCPU 0"; what is known otherwise says itself how: "tid 904", "pCPU 0".
QString labelOf(const Vcpu &vcpu)
{
    bool isNumber = false;
    vcpu.number.toUInt(&isNumber);
    return isNumber ? QString(QStringLiteral("vCPU ") % vcpu.number) : vcpu.number;
}

class LayoutBuilder {
public:
    LayoutBuilder(const ChartInput &input, QSize size, const TimelineOptions &options)
        : m_input(input), m_size(size),
          m_options(options), m_fonts{QFontMetricsF(input.theme.font(9)), QFontMetricsF(input.theme.font(8))}
    {
    }

    TimelineLayout build(const ExitIndex &all, const ExitIndex &passing);

private:
    void listRows();
    void placePlot(bool hasReasonLine);
    void placeRows();
    void placeParts(TimelineRow &row) const;
    std::vector<LaneKind> lanesOf(const TimelineRow &row) const;
    void addLegend(const ExitIndex &all);
    void addLegendLine(const std::vector<LegendEntry> &entries, double top);
    void addSelected();
    void addCurrent();
    double labelWidth() const;
    bool showsGuests() const
    {
        return m_options.guests && m_layout.shownGuests
            && std::ranges::any_of(m_layout.shownGuests->guests, &ShownGuest::isShown);
    }
    double lineHeight() const { return m_fonts.labels.height() + 4; }

    const ChartInput &m_input;
    QSize m_size;
    const TimelineOptions &m_options;
    Fonts m_fonts;
    TimelineLayout m_layout;
};

void LayoutBuilder::listRows()
{
    const std::set<QString> &chosen = m_input.values.vcpus;
    std::size_t number = 0;
    for (const Timeline &host : m_layout.recording->hosts) {
        for (const Vm &vm : host.vms) {
            TimelineRow header;
            header.vm = header.label = vm.name;
            header.ofVm = &vm;
            header.collapsed = m_options.collapsed.contains(vm.name);
            std::vector<TimelineRow> rows;
            for (const Vcpu &vcpu : vm.vcpus) {
                TimelineRow row;
                row.vm = vm.name;
                row.ofVm = &vm;
                row.vcpu = vm.vcpuId(vcpu);
                row.label = labelOf(vcpu);
                row.chosen = chosen.empty() || chosen.contains(row.vcpu);
                row.shows.push_back({number++, &vm, &vcpu});
                if (header.collapsed)
                    header.shows.push_back(row.shows.front());
                rows.push_back(std::move(row));
            }
            header.chosen = std::ranges::any_of(rows, &TimelineRow::chosen);
            const bool collapsed = header.collapsed;
            m_layout.rows.push_back(std::move(header));
            if (!collapsed)
                std::ranges::move(rows, std::back_inserter(m_layout.rows));
        }
    }
}

double LayoutBuilder::labelWidth() const
{
    double width = 50;
    for (const TimelineRow &row : m_layout.rows) {
        // The name of an open VM may go on above its rows.
        if (!row.isVm() || row.collapsed)
            width = std::max(width, m_fonts.labels.horizontalAdvance(row.label));
    }
    width += kTriangle + 3 * kPadding;
    return std::floor(std::min(width, std::max(60.0, m_size.width() * 0.25)));
}

void LayoutBuilder::placePlot(bool hasReasonLine)
{
    const double left = labelWidth();
    const double top = std::ceil(kPadding + lineHeight() * (hasReasonLine ? 2 : 1));
    const double bottom = std::ceil(m_fonts.labels.height() * 2 + 14);
    m_layout.plot = QRectF(left, top, std::max(1.0, m_size.width() - left - kRight),
        std::max(1.0, std::floor(m_size.height() - top - bottom)));
    m_layout.plot.setWidth(std::floor(m_layout.plot.width()));
    m_layout.scale = {m_input.values.visible, m_layout.plot.left(), m_layout.plot.width()};
    const TimeRange relative{m_input.values.visible.from - m_layout.begin, m_input.values.visible.to - m_layout.begin};
    m_layout.ticks = timeTicks(relative, m_layout.plot.width(), 90);
}

void LayoutBuilder::placeRows()
{
    const auto isBand = [](const TimelineRow &row) { return !row.shows.empty(); };
    const double bands = double(std::ranges::count_if(m_layout.rows, isBand));
    const double others = double(m_layout.rows.size()) - bands;
    double header = std::ceil(m_fonts.labels.height() + 4);
    const int strips = int(m_options.pcpus) + int(showsGuests());
    const double least = m_options.scrolls ? kLeastRow + strips * std::ceil(m_fonts.small.height()) : 3;
    if (!m_options.scrolls) // headers may not take what the vCPUs need
        header = std::clamp(std::floor(m_layout.plot.height() / 2 / std::max(others, 1.0)), 1.0, header);
    const double room = m_layout.plot.height() - others * header;
    const double height = std::clamp(std::floor(room / std::max(bands, 1.0)), least, kMostRow);

    m_layout.contentHeight = bands * height + others * header;
    const double hidden = std::max(0.0, m_layout.contentHeight - m_layout.plot.height());
    double y = m_layout.plot.top() - (m_options.scrolls ? std::round(std::clamp(m_options.scroll, 0.0, hidden)) : 0);
    for (TimelineRow &row : m_layout.rows) {
        row.rect = QRectF(0, y, m_layout.plot.right(), isBand(row) ? height : header);
        y = row.rect.bottom();
        placeParts(row);
    }
    std::erase_if(m_layout.rows, [this](const TimelineRow &row) {
        return row.rect.bottom() <= m_layout.plot.top() || row.rect.top() >= m_layout.plot.bottom();
    });
}

void LayoutBuilder::placeParts(TimelineRow &row) const
{
    const QRectF &rect = row.rect;
    if (row.isVm()) {
        const double middle = row.collapsed ? rect.center().y() : rect.top() + rect.height() / 2;
        row.triangle = QRectF(kPadding, middle - kTriangle / 2, kTriangle, kTriangle);
    }
    const double textLeft = kPadding + kTriangle + kPadding;
    const double textRight = row.shows.empty() ? m_layout.plot.right() : m_layout.plot.left() - kPadding;
    row.labelArea = QRectF(textLeft, rect.top(), std::max(1.0, textRight - textLeft), rect.height());
    if (row.shows.empty())
        return;
    const QRectF room(m_layout.plot.left(), rect.top(), m_layout.plot.width(), rect.height());
    row.lanes = placeLanes(lanesOf(row), {room, m_fonts.small.height(), rect.height() >= kLeastRow});
}

std::vector<LaneKind> LayoutBuilder::lanesOf(const TimelineRow &row) const
{
    std::vector<LaneKind> kinds{LaneKind::Marks, LaneKind::States};
    if (row.shows.size() != 1 || row.rect.height() < kLeastRowWithStrips)
        return kinds;
    if (m_options.guests && m_layout.shownGuests && !row.isVm()
        && m_layout.shownGuests->on(*row.ofVm, *row.shows.front().vcpu))
        kinds.push_back(LaneKind::Guests);
    if (m_options.pcpus)
        kinds.push_back(LaneKind::Pcpus);
    return kinds;
}

void LayoutBuilder::addLegendLine(const std::vector<LegendEntry> &entries, double top)
{
    const double end = m_layout.plot.right();
    double x = m_layout.plot.left();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        LegendEntry entry = entries[i];
        const double width = m_fonts.labels.horizontalAdvance(entry.text.text) + 1;
        const QString rest = QStringLiteral("+ ") % QString::number(entries.size() - i) % QStringLiteral(" more");
        const bool last = i + 1 == entries.size();
        const double after = last ? 0 : m_fonts.labels.horizontalAdvance(rest) + 2 * kPadding;
        const double textLeft = x + kSwatch + 4;
        if (textLeft + width + after > end) {
            entry.swatch = {};
            entry.text.text = rest;
            entry.text.rect = QRectF(x, top, m_fonts.labels.horizontalAdvance(rest) + 1, lineHeight());
            if (entry.text.rect.right() <= end)
                m_layout.legend.push_back(entry);
            return;
        }
        entry.swatch = QRectF(x, std::round(top + (lineHeight() - kSwatch) / 2), kSwatch, kSwatch);
        entry.text.rect = QRectF(textLeft, top, width, lineHeight());
        x = entry.text.rect.right() + 2 * kPadding;
        m_layout.legend.push_back(std::move(entry));
    }
}

// What occurs in the whole recording, so that it stays where it is while the window moves.
void LayoutBuilder::addLegend(const ExitIndex &all)
{
    TimePerState times{};
    for (const Timeline &host : m_layout.recording->hosts) {
        for (const Vm &vm : host.vms) {
            for (const Vcpu &vcpu : vm.vcpus) {
                const TimePerState own = vcpu.states.total();
                std::ranges::transform(times, own, times.begin(), std::plus());
            }
        }
    }
    std::vector<LegendEntry> states;
    for (const VcpuStateInfo &state : kVcpuStateTable) {
        const QString name = QString::fromLatin1(state.name.data(), qsizetype(state.name.size()));
        if (times[std::size_t(state.state)] > 0)
            states.push_back({{}, {{}, name, state.state}});
    }
    addLegendLine(states, kPadding / 2);
    if (m_layout.plot.top() < 2 * lineHeight())
        return;

    std::vector<std::int64_t> counts(m_layout.recording->reasons.size());
    for (std::size_t v = 0; v < all.size(); ++v)
        all[v].addCounts(0, all[v].size(), counts);
    std::vector<std::uint16_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::uint16_t(0));
    std::ranges::stable_sort(order, std::greater(), [&](std::uint16_t r) { return counts[r]; });
    std::vector<LegendEntry> reasons;
    for (const std::uint16_t reason : order) {
        if (counts[reason] > 0)
            reasons.push_back({{}, {{}, m_layout.recording->reasons[reason].name, reason}});
    }
    addLegendLine(reasons, kPadding / 2 + lineHeight());
}

void LayoutBuilder::addSelected()
{
    const std::optional<TimeRange> &selected = m_input.values.selected;
    const TimeRange &visible = m_layout.scale.range;
    if (!selected || selected->to <= visible.from || selected->from >= visible.to)
        return;
    const double left = std::round(std::max(m_layout.scale.timeToPx(selected->from), m_layout.plot.left()));
    const double right = std::round(std::min(m_layout.scale.timeToPx(selected->to), m_layout.plot.right()));
    m_layout.selected = QRectF(left, m_layout.plot.top(), std::max(1.0, right - left), m_layout.plot.height());
}

void LayoutBuilder::addCurrent()
{
    if (!m_input.values.current)
        return;
    const std::optional<FoundExit> exit = exitAt(*m_layout.recording, *m_input.values.current);
    const TimeRange &visible = m_layout.scale.range;
    if (!exit)
        return;
    const ExitColumns &exits = exit->vcpu->exits;
    const Ns end = exits.timed(exit->index) ? exits.end[exit->index] : exit->time();
    if (end < visible.from || exit->time() > visible.to)
        return;
    for (const TimelineRow &row : m_layout.rows) {
        const auto isIt = [&](const NumberedVcpu &shown) { return shown.vcpu == exit->vcpu; };
        if (std::ranges::none_of(row.shows, isIt))
            continue;
        const double left = std::max(m_layout.scale.timeToPx(exit->time()) - 1, m_layout.plot.left());
        const double right = std::min(m_layout.scale.timeToPx(end) + 1, m_layout.plot.right());
        const double width = std::max(3.0, right - left);
        const QRectF states = row.lane(LaneKind::States);
        const double top = std::min(row.lane(LaneKind::Marks).top(), states.top());
        m_layout.current.emplace_back(left, top, width, states.bottom() - top);
    }
}

TimelineLayout LayoutBuilder::build(const ExitIndex &all, const ExitIndex &passing)
{
    m_layout.recording = m_input.recording;
    if (m_input.guests && m_input.guests->recording == m_input.recording)
        m_layout.shownGuests = m_input.guests;
    m_layout.begin = boundsOf(*m_input.recording).from;
    listRows();
    placePlot(m_size.height() >= 140);
    if (m_layout.rows.empty()) {
        m_layout.message = QStringLiteral("This recording has no VM entries or exits.");
        return std::move(m_layout);
    }
    placeRows();
    addStates(m_layout, m_fonts.small);
    addPcpus(m_layout, m_fonts.small);
    addGuests(m_layout, m_fonts.small);
    addMarks(m_layout, all, passing, m_fonts.small);
    addLegend(all);
    addSelected();
    addCurrent();
    return std::move(m_layout);
}

// The exit whose own time or run holds t.
std::optional<std::size_t> exitAround(const VcpuExitIndex &exits, Ns t)
{
    const ExitColumns &columns = exits.exits();
    const std::size_t next = exits.lowerBound(t + 1);
    if (next > 0) {
        const std::size_t row = exits.row(next - 1);
        if (columns.timed(row) && t < columns.end[row])
            return row;
    }
    if (next < exits.size()) {
        const std::size_t row = exits.row(next);
        if (columns.hasRun(row) && columns.entry[row] <= t)
            return row;
    }
    return {};
}

std::optional<std::size_t> nearestExit(const VcpuExitIndex &exits, TimeRange reach, Ns t)
{
    const std::size_t next = exits.lowerBound(t);
    std::optional<std::size_t> nearest;
    Ns distance = kEndOfRecording;
    for (std::size_t i = next > 0 ? next - 1 : 0; i < std::min(next + 1, exits.size()); ++i) {
        const Ns time = exits.time(i);
        if (reach.from <= time && time <= reach.to && std::abs(time - t) < distance) {
            nearest = exits.row(i);
            distance = std::abs(time - t);
        }
    }
    return nearest;
}

} // namespace

QRectF TimelineRow::lane(LaneKind kind) const
{
    const auto found = std::ranges::find(lanes, kind, &Lane::kind);
    return found == lanes.end() ? QRectF() : found->rect;
}

const TimelineRow *TimelineLayout::rowAt(const QPointF &pos) const
{
    if (pos.y() < plot.top() || pos.y() >= plot.bottom())
        return nullptr;
    const auto found = std::ranges::find_if(rows, [&](const TimelineRow &row) { return row.rect.contains(pos); });
    return found == rows.end() ? nullptr : &*found;
}

std::optional<ExitRef> TimelineLayout::exitAt(const QPointF &pos, const ExitIndex &passing) const
{
    const TimelineRow *row = rowAt(pos);
    if (!row || row->shows.size() != 1 || pos.x() < plot.left())
        return {};
    const NumberedVcpu &shown = row->shows.front();
    const ExitIndex &index = passing;
    const Ns t = scale.pxToTime(pos.x());
    std::optional<std::size_t> found;
    if (pos.y() < row->lane(LaneKind::States).top())
        found
            = nearestExit(index[shown.number], {scale.pxToTime(pos.x() - kReach), scale.pxToTime(pos.x() + kReach)}, t);
    if (!found)
        found = exitAround(index[shown.number], t);
    return found ? exitRefOf(*recording, *shown.vcpu, *found) : std::nullopt;
}

TimelineLayout layoutTimeline(
    const ChartInput &input, QSize size, const TimelineOptions &options, const ExitIndex &all, const ExitIndex &passing)
{
    return LayoutBuilder(input, size, options).build(all, passing);
}

} // namespace exitscope
