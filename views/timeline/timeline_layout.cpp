// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_layout.h"

#include <algorithm>

#include "model/number_format.h"
#include "model/session/exit_search.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kPadding = 6;
constexpr double kRight = 14;
constexpr double kTriangle = 12;
constexpr double kIndent = 10; // px for each step down in a tree
constexpr double kLeastRow = 30; // px of a vCPU's row that is still easy to read
constexpr double kLeastRowWithStrips = 12;
constexpr double kMostRow = 220;
constexpr double kSquashedRow = 3; // px: below that it is left out
constexpr double kLeastThreadRow = 10; // px of a thread's row whose name can be read
constexpr int kTwoLegendsFrom = 140; // px of height
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

    TimelineLayout build(const ExitIndex &all, const ExitIndex &passing, const TimelineLayout *last);
    int readableHeight(const ExitIndex &all);

private:
    void begin(const ExitIndex &all);
    void listRows();
    void listPcpus();
    void placePlot();
    void placeAxisTitle();
    void placeRows();
    double squashedHeader(double others) const;
    bool keepsHeights(double others) const;
    void leaveOutRows();
    void placeParts(TimelineRow &row) const;
    std::vector<LaneKind> lanesOf(const TimelineRow &row) const;
    double labelWidth() const;
    int bands() const { return int(std::ranges::count_if(m_layout.rows, isBand)); }
    double headerHeight() const { return std::ceil(m_fonts.labels.height() + 4); }
    double readableRow() const
    {
        return kLeastRow + (int(m_options.pcpus) + int(showsGuests())) * std::ceil(m_fonts.small.height())
            + (showsGuests() ? kThinStrip : 0);
    }
    static bool isBand(const TimelineRow &row) { return !row.shows.empty(); }
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
    TimelineLegend m_legend;
    int m_legendLines = 1;
    TimelineLayout m_layout;
};

void LayoutBuilder::listRows()
{
    const std::set<VcpuKey> &chosen = m_input.values.vcpus;
    for (const VmAt &vm : vmsOf(*m_layout.recording)) {
        TimelineRow header;
        header.vm = vm.key;
        header.label = vm.vm->name;
        header.collapsed = m_options.collapsed.contains(vm.key);
        std::vector<TimelineRow> rows;
        for (const VcpuAt &vcpu : vm.vcpus) {
            TimelineRow row;
            row.vm = vm.key;
            row.vcpu = vcpu.key;
            row.label = labelOf(*vcpu.vcpu);
            row.chosen = chosen.empty() || chosen.contains(vcpu.key);
            row.shows.push_back(vcpu);
            rows.push_back(std::move(row));
        }
        header.chosen = std::ranges::any_of(rows, &TimelineRow::chosen);
        const bool collapsed = header.collapsed;
        if (collapsed)
            header.shows = vm.vcpus;
        m_layout.rows.push_back(std::move(header));
        if (collapsed)
            continue;
        std::ranges::move(rows, std::back_inserter(m_layout.rows));
        if (m_options.threads)
            listThreadRows(m_layout.rows, m_options, m_input.values, vm.key);
    }
}

void LayoutBuilder::listPcpus()
{
    const std::vector<Timeline> &hosts = m_layout.recording->hosts;
    const std::set<std::int32_t> &chosen = m_input.values.pcpus;
    for (std::size_t host = 0; host < hosts.size(); ++host) {
        TimelineRow header;
        header.isOfPcpus = true;
        header.label = hosts[host].pcpus.empty()
            ? QStringLiteral("pCPUs: without sched_switch it is not known who ran there")
            : QStringLiteral("pCPUs");
        if (hosts.size() > 1)
            header.label = QStringLiteral("Host %1, ").arg(host + 1) % header.label;
        m_layout.rows.push_back(std::move(header));
        for (std::size_t pcpu = 0; pcpu < hosts[host].pcpus.size(); ++pcpu) {
            TimelineRow row;
            row.isOfPcpus = true;
            row.pcpu = HostPcpu{host, pcpu};
            row.label = QStringLiteral("pCPU ") % QString::number(hosts[host].pcpus[pcpu].pcpu);
            row.chosen = chosen.empty() || chosen.contains(hosts[host].pcpus[pcpu].pcpu);
            m_layout.rows.push_back(std::move(row));
        }
    }
}

double LayoutBuilder::labelWidth() const
{
    double width = 50;
    const TimelineRow *longest = nullptr; // of thousands of threads only one is measured
    for (const TimelineRow &row : m_layout.rows) {
        if (row.threads) {
            if (row.threads->process && (!longest || row.label.size() > longest->label.size()))
                longest = &row;
            continue;
        }
        // The name of an open VM may go on above its rows.
        if (!row.isHeader() || row.collapsed)
            width = std::max(width, m_fonts.labels.horizontalAdvance(row.label));
    }
    if (longest)
        width = std::max(width, m_fonts.labels.horizontalAdvance(longest->label) + 2 * kIndent);
    width += kTriangle + 3 * kPadding;
    return std::ceil(std::min(width, std::max(60.0, m_size.width() * 0.25)));
}

void LayoutBuilder::placePlot()
{
    const double left = labelWidth();
    const double width = std::max(1.0, std::floor(m_size.width() - left - kRight));
    const bool fitsInOne = legendWidth(m_legend, m_fonts.labels) <= width;
    m_legendLines = fitsInOne || m_size.height() < kTwoLegendsFrom ? 1 : 2;
    const double top = std::ceil(kPadding + lineHeight() * m_legendLines);
    const double bottom
        = std::ceil(m_fonts.labels.height() * (m_options.scrolls ? 1 : 2) + (m_options.scrolls ? 9 : 14));
    m_layout.plot = QRectF(left, top, width, std::max(1.0, std::floor(m_size.height() - top - bottom)));
    m_layout.scale = {m_input.values.visible, m_layout.plot.left(), m_layout.plot.width()};
    const TimeRange relative{m_input.values.visible.from - m_layout.begin, m_input.values.visible.to - m_layout.begin};
    m_layout.ticks = timeTicks(relative, m_layout.plot.width(), 90);
    if (m_options.scrolls)
        placeAxisTitle();
}

// Left of the labels; the first of them make way where it is long.
void LayoutBuilder::placeAxisTitle()
{
    const double width = m_fonts.labels.horizontalAdvance(m_layout.ticks.shortTitle) + 1;
    m_layout.axisTitle = QRectF(kPadding, m_layout.plot.bottom() + 3, width, m_fonts.labels.height());
    for (std::size_t i = 0; i < m_layout.ticks.at.size(); ++i) {
        QString &label = m_layout.ticks.labels[i];
        const double middle = m_layout.scale.timeToPx(m_layout.begin + m_layout.ticks.at[i]);
        if (middle - m_fonts.labels.horizontalAdvance(label) / 2 < m_layout.axisTitle.right() + kPadding)
            label.clear();
    }
}

// Of a row that is no band, in a picture: these may not take what the vCPUs need.
double LayoutBuilder::squashedHeader(double others) const
{
    return std::clamp(std::floor(m_layout.plot.height() / 2 / std::max(others, 1.0)), 1.0, headerHeight());
}

// Names of threads are what their rows are for: rather than to be squashed until these cannot be read they are left
// out, and the picture tells how many.
bool LayoutBuilder::keepsHeights(double others) const
{
    const bool hasRoom = others * headerHeight() + bands() * readableRow() <= m_layout.plot.height();
    return m_options.scrolls || (m_options.threads && (hasRoom || squashedHeader(others) < kLeastThreadRow));
}

void LayoutBuilder::placeRows()
{
    const double count = bands();
    const double others = double(m_layout.rows.size()) - count;
    const bool isReadable = keepsHeights(others);
    const double header = isReadable ? headerHeight() : squashedHeader(others);
    const double least = isReadable ? readableRow() : kSquashedRow;
    const double room = m_layout.plot.height() - others * header;
    const double height = std::clamp(std::floor(room / std::max(count, 1.0)), least, kMostRow);

    m_layout.contentHeight = count * height + others * header;
    const double hidden = std::max(0.0, m_layout.contentHeight - m_layout.plot.height());
    double y = m_layout.plot.top() - (m_options.scrolls ? std::round(std::clamp(m_options.scroll, 0.0, hidden)) : 0);
    for (TimelineRow &row : m_layout.rows) {
        row.rect = QRectF(0, y, m_layout.plot.right(), isBand(row) ? height : header);
        y = row.rect.bottom();
        placeParts(row);
    }
    if (!m_options.scrolls && hidden > 0)
        leaveOutRows();
    std::erase_if(m_layout.rows, [this](const TimelineRow &row) {
        return row.rect.bottom() <= m_layout.plot.top() || row.rect.top() >= m_layout.plot.bottom();
    });
}

// Nobody can scroll a picture: it says what it does not show, in a line of its own.
void LayoutBuilder::leaveOutRows()
{
    const double end = m_layout.plot.bottom() - lineHeight();
    const auto isOut = [end](const TimelineRow &row) { return row.rect.bottom() > end; };
    std::int64_t vcpus = 0;
    std::int64_t pcpus = 0;
    std::int64_t threads = 0;
    for (const TimelineRow &row : m_layout.rows) {
        if (!isOut(row))
            continue;
        vcpus += std::int64_t(row.shows.size());
        pcpus += row.pcpu.has_value();
        threads += row.isThread();
    }
    std::erase_if(m_layout.rows, isOut);
    QStringList left;
    if (vcpus > 0 || pcpus + threads == 0)
        left << formatCounted(vcpus, QStringLiteral("vCPU"), QStringLiteral("vCPUs"));
    if (pcpus > 0)
        left << formatCounted(pcpus, QStringLiteral("pCPU"), QStringLiteral("pCPUs"));
    if (threads > 0)
        left << formatCounted(threads, QStringLiteral("thread"), QStringLiteral("threads"));
    m_layout.missing = {QRectF(m_layout.plot.left(), end, m_layout.plot.width(), lineHeight()),
        QStringLiteral("+ %1 that this height has no room for").arg(left.join(QStringLiteral(" and ")))};
}

void LayoutBuilder::placeParts(TimelineRow &row) const
{
    const QRectF &rect = row.rect;
    const double indent = row.threads ? row.threads->depth * kIndent : 0;
    if (row.isFoldable() || row.isThread())
        row.triangle = QRectF(kPadding + indent, rect.center().y() - kTriangle / 2, kTriangle, kTriangle);
    const double textLeft = kPadding + kTriangle + kPadding + indent;
    const bool isStrip = row.pcpu || (row.threads && row.threads->process);
    const bool isBeside = !row.shows.empty() || isStrip; // its label
    const double textRight = isBeside ? m_layout.plot.left() - kPadding : m_layout.plot.right();
    row.labelArea = QRectF(textLeft, rect.top(), std::max(1.0, textRight - textLeft), rect.height());
    if (isStrip)
        row.strip = QRectF(m_layout.plot.left(), rect.top() + (rect.height() >= 8 ? 1 : 0), m_layout.plot.width(),
            rect.height() - (rect.height() >= 8 ? 2 : 0));
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
    if (m_options.guests && m_layout.shownGuests && !row.isVm() && m_layout.shownGuests->on(row.shows.front().key))
        kinds.insert(kinds.end(), {LaneKind::Guests, LaneKind::Contexts});
    if (m_options.pcpus)
        kinds.push_back(LaneKind::Pcpus);
    return kinds;
}

void LayoutBuilder::begin(const ExitIndex &all)
{
    m_layout.recording = m_input.recording;
    if (m_input.guests && m_input.guests->recording == m_input.recording)
        m_layout.shownGuests = m_input.guests;
    m_layout.begin = boundsOf(*m_input.recording).from;
    if (m_options.threads)
        m_layout.threadList = m_options.threadList;
    m_legend = legendOf(*m_layout.recording, all);
    listRows();
    if (m_options.occupancy && !m_layout.rows.empty())
        listPcpus();
    placePlot();
}

int LayoutBuilder::readableHeight(const ExitIndex &all)
{
    begin(all);
    const double headers = double(m_layout.rows.size()) - bands();
    return int(
        std::ceil(m_size.height() - m_layout.plot.height() + bands() * readableRow() + headers * headerHeight()));
}

TimelineLayout LayoutBuilder::build(const ExitIndex &all, const ExitIndex &passing, const TimelineLayout *last)
{
    begin(all);
    if (m_layout.rows.empty()) {
        m_layout.message = QStringLiteral("This recording has no VM entries or exits.");
        return std::move(m_layout);
    }
    placeRows();
    addStates(m_layout, m_fonts.small);
    addPcpus(m_layout, m_fonts.small);
    addOccupancy(m_layout, m_fonts.small);
    addThreadStrips(m_layout, m_fonts.small, last);
    addGuests(m_layout, m_fonts.small);
    addMarks(m_layout, all, passing, m_fonts.small);
    addLegend(m_layout, m_legend, m_legendLines, lineHeight(), m_fonts.labels);
    placeChosen(m_layout, m_input.values);
    return std::move(m_layout);
}

void placeSelected(TimelineLayout &layout, const std::optional<TimeRange> &selected)
{
    layout.selected = {};
    const TimeRange &visible = layout.scale.range;
    if (!selected || selected->to <= visible.from || selected->from >= visible.to)
        return;
    const double left = std::round(std::max(layout.scale.timeToPx(selected->from), layout.plot.left()));
    const double right = std::round(std::min(layout.scale.timeToPx(selected->to), layout.plot.right()));
    layout.selected = QRectF(left, layout.plot.top(), std::max(1.0, right - left), layout.plot.height());
}

void placeCurrent(TimelineLayout &layout, const std::optional<ExitRef> &current)
{
    layout.current.clear();
    const std::optional<FoundExit> exit = current ? exitAt(*layout.recording, *current) : std::nullopt;
    if (!exit)
        return;
    const TimeRange &visible = layout.scale.range;
    const ExitColumns &exits = exit->vcpu->exits;
    const Ns end = exits.timed(exit->index) ? exits.end(exit->index) : exit->time();
    if (end < visible.from || exit->time() > visible.to)
        return;
    for (const TimelineRow &row : layout.rows) {
        const auto isIt = [&](const VcpuAt &shown) { return shown.vcpu == exit->vcpu; };
        if (std::ranges::none_of(row.shows, isIt))
            continue;
        const double left = std::max(layout.scale.timeToPx(exit->time()) - 1, layout.plot.left());
        const double right = std::min(layout.scale.timeToPx(end) + 1, layout.plot.right());
        const double width = std::max(3.0, right - left);
        const QRectF states = row.lane(LaneKind::States);
        const double top = std::min(row.lane(LaneKind::Marks).top(), states.top());
        layout.current.emplace_back(left, top, width, states.bottom() - top);
    }
}

// The exit whose own time or run holds t.
std::optional<std::size_t> exitAround(const VcpuExitIndex &exits, Ns t)
{
    const ExitColumns &columns = exits.exits();
    const std::size_t next = exits.lowerBound(t + 1);
    if (next > 0) {
        const std::size_t row = exits.row(next - 1);
        if (columns.timed(row) && t < columns.end(row))
            return row;
    }
    if (next < exits.size()) {
        const std::size_t row = exits.row(next);
        if (columns.hasRun(row) && columns.entry(row) <= t)
            return row;
    }
    return {};
}

// That of the vCPU on which the thread stands.
std::optional<ExitRef> exitOfThreadAt(
    const TimelineLayout &layout, const TimelineRow &row, Ns t, const ExitIndex &passing)
{
    const std::optional<ThreadInterval> interval = threadAt(layout, row, t);
    const std::optional<VcpuAt> vcpu
        = interval && interval->cpu != kNoPcpu ? guestOf(layout, row)->vcpuOf(interval->cpu) : std::nullopt;
    const std::optional<std::size_t> exit = vcpu ? exitAround(passing[vcpu->number], t) : std::nullopt;
    return exit ? std::optional(ExitRef{vcpu->key, *exit}) : std::nullopt;
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
    if (!row || pos.x() < plot.left())
        return {};
    const ExitIndex &index = passing;
    const Ns t = scale.pxToTime(pos.x());
    if (row->isThread())
        return exitOfThreadAt(*this, *row, t, passing);
    if (row->shows.size() != 1)
        return {};
    const VcpuAt &shown = row->shows.front();
    std::optional<std::size_t> found;
    if (pos.y() < row->lane(LaneKind::States).top())
        found
            = nearestExit(index[shown.number], {scale.pxToTime(pos.x() - kReach), scale.pxToTime(pos.x() + kReach)}, t);
    if (!found)
        found = exitAround(index[shown.number], t);
    return found ? std::optional(ExitRef{shown.key, *found}) : std::nullopt;
}

void placeChosen(TimelineLayout &layout, const ViewValues &values)
{
    placeSelected(layout, values.selected);
    placeCurrent(layout, values.current);
}

TimelineLayout layoutTimeline(const ChartInput &input, QSize size, const TimelineOptions &options, const ExitIndex &all,
    const ExitIndex &passing, const TimelineLayout *last)
{
    return LayoutBuilder(input, size, options).build(all, passing, last);
}

int readableHeight(const ChartInput &input, int width, const TimelineOptions &options, const ExitIndex &all)
{
    constexpr int kAnyHeight = 1000; // what stands around the rows does not depend on it
    return LayoutBuilder(input, {width, kAnyHeight}, options).readableHeight(all);
}

} // namespace exitscope
