// SPDX-License-Identifier: GPL-3.0-or-later
// Who ran on each pCPU, by sched_switch.
#include <algorithm>
#include <array>

#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostExact = 32; // changes in a column that are all looked at
constexpr int kOccupancySamples = 32; // of a column with more
constexpr double kNamePadding = 3; // px

// What a thread is to those who look at a pCPU, in the order in which a column stacks them, from below.
Occupant occupantOf(std::uint32_t thread, const Timeline &host)
{
    if (thread == kUnknownHostThread)
        return {Occupant::Kind::Unknown, 0};
    const HostThread &of = host.threads[thread];
    if (of.tid == 0)
        return {Occupant::Kind::Nobody, 0};
    if (of.vm)
        return {of.isVcpu ? Occupant::Kind::Vcpu : Occupant::Kind::VmThread, *of.vm};
    return {Occupant::Kind::Host, 0};
}

// How long whom a column shows.
struct OccupantShare {
    Occupant of;
    double ns = 0;
};

class OccupancyStrip {
public:
    OccupancyStrip(TimelineLayout &layout, const TimelineRow &row, const QFontMetricsF &metrics)
        : m_layout(layout), m_host(layout.recording->hosts[row.pcpu->host]), m_columns(m_host.pcpus[row.pcpu->pcpu]),
          m_metrics(metrics), m_strip(row.strip), m_end(m_host.range.to)
    {
    }

    void add();

private:
    std::size_t firstAfter(Ns t) const; // change
    void addColumn(int column, TimeRange range);
    void addChanges(std::vector<OccupantShare> &shares, TimeRange range, std::size_t first, std::size_t last) const;
    void stack(int column, std::vector<OccupantShare> shares, double whole);
    void push(const QRectF &rect, const Occupant &of);
    void addName(double left, double right, std::uint32_t thread);

    TimelineLayout &m_layout;
    const Timeline &m_host;
    const PcpuColumns &m_columns;
    const QFontMetricsF &m_metrics;
    QRectF m_strip;
    Ns m_end;
};

std::size_t OccupancyStrip::firstAfter(Ns t) const
{
    const std::span<const Ns> begins{m_columns.begin.data(), m_columns.begin.size()};
    return std::size_t(std::ranges::upper_bound(begins, t) - begins.begin());
}

// A thread that stays for columns is one piece, with its name; else each column has its shares.
void OccupancyStrip::add()
{
    const TimeScale &scale = m_layout.scale;
    for (int column = 0; column < scale.columns();) {
        const TimeRange range{scale.columnBegin(column), scale.columnBegin(column + 1)};
        const std::size_t next = firstAfter(range.from);
        const Ns until = next < m_columns.begin.size() ? m_columns.begin[next] : m_end;
        const int last = std::min(scale.columnOf(until), scale.columns());
        if (last <= column) {
            addColumn(column, {range.from, std::max(range.to, range.from + 1)});
            ++column;
            continue;
        }
        if (next > 0 && range.from < m_end) {
            const std::uint32_t thread = m_columns.thread[next - 1];
            push(QRectF(scale.left + column, m_strip.top(), last - column, m_strip.height()),
                occupantOf(thread, m_host));
            addName(scale.left + column, scale.left + last, thread);
        }
        column = last;
    }
}

void OccupancyStrip::addColumn(int column, TimeRange range)
{
    std::vector<OccupantShare> shares;
    const std::size_t first = firstAfter(range.from);
    const std::size_t last = firstAfter(range.to - 1);
    if (last - first <= kMostExact) {
        addChanges(shares, range, first, last);
    } else {
        for (int i = 0; i < kOccupancySamples; ++i) {
            const Ns t = range.from + Ns(double(range.length()) * (i + 0.5) / kOccupancySamples);
            const std::size_t at = firstAfter(t);
            addChanges(shares, {t, t + 1}, at, at);
        }
    }
    double whole = 0;
    for (const OccupantShare &share : shares)
        whole += share.ns;
    if (whole > 0)
        stack(column, std::move(shares), whole);
}

// `first` is the first change behind the begin of the range, `last` that behind its end.
void OccupancyStrip::addChanges(
    std::vector<OccupantShare> &shares, TimeRange range, std::size_t first, std::size_t last) const
{
    for (std::size_t i = first; i <= last; ++i) {
        const Ns begin = i > first ? m_columns.begin[i - 1] : range.from;
        const Ns end = i < last ? m_columns.begin[i] : std::min(range.to, m_end);
        if (i == 0 || end <= begin) // nothing is known before the first
            continue;
        const Occupant of = occupantOf(m_columns.thread[i - 1], m_host);
        const auto found = std::ranges::find(shares, of, &OccupantShare::of);
        if (found == shares.end())
            shares.push_back({of, double(end - begin)});
        else
            found->ns += double(end - begin);
    }
}

void OccupancyStrip::stack(int column, std::vector<OccupantShare> shares, double whole)
{
    std::ranges::sort(shares, std::less(), &OccupantShare::of);
    double below = 0;
    for (const OccupantShare &share : shares) {
        const double bottom = m_strip.bottom() - std::round(m_strip.height() * below / whole);
        below += share.ns;
        const double top = m_strip.bottom() - std::round(m_strip.height() * below / whole);
        if (bottom > top)
            push(QRectF(m_layout.scale.left + column, top, 1, bottom - top), share.of);
    }
}

void OccupancyStrip::push(const QRectF &rect, const Occupant &of)
{
    m_layout.occupancy.push_back({rect, of});
}

void OccupancyStrip::addName(double left, double right, std::uint32_t thread)
{
    const double room = right - left - 2 * kNamePadding;
    if (thread == kUnknownHostThread || m_host.threads[thread].tid == 0 || m_strip.height() < m_metrics.ascent()
        || room < m_metrics.height())
        return; // no name is narrower than a line is high
    const QString &name = m_host.threads[thread].name;
    const Occupant of = occupantOf(thread, m_host);
    if (!name.isEmpty() && m_metrics.horizontalAdvance(name) <= room)
        m_layout.occupancyLabels.push_back({{QRectF(left, m_strip.top(), right - left, m_strip.height()), name}, of});
}

// In a header as far as it has room, the VMs first.
void addSwatches(TimelineLayout &layout, const TimelineRow &header, std::size_t host, const QFontMetricsF &metrics)
{
    std::vector<std::pair<Occupant, QString>> entries;
    const std::vector<Vm> &vms = layout.recording->hosts[host].vms;
    for (std::size_t vm = 0; vm < vms.size(); ++vm) {
        const QString of = vms.size() == 1 ? QString() : QString(vms[vm].name % u' ');
        entries.push_back({{Occupant::Kind::Vcpu, vm}, of % QStringLiteral("vCPUs")});
        entries.push_back({{Occupant::Kind::VmThread, vm}, of % QStringLiteral("its threads")});
    }
    entries.push_back({{Occupant::Kind::Host, 0}, QStringLiteral("others")});
    entries.push_back({{Occupant::Kind::Nobody, 0}, QStringLiteral("nobody")});
    constexpr double kSwatchSide = 8;
    constexpr double kSwatchGap = 14;
    double x = layout.plot.left() + kSwatchGap;
    for (const auto &[of, text] : entries) {
        const double width = std::ceil(metrics.horizontalAdvance(text)) + 1;
        if (x + kSwatchSide + 4 + width > layout.plot.right())
            return;
        const QRectF swatch(x, std::round(header.rect.center().y() - kSwatchSide / 2), kSwatchSide, kSwatchSide);
        const QRectF at(swatch.right() + 4, header.rect.top(), width, header.rect.height());
        layout.occupancyLegend.push_back({swatch, {at, text}, of});
        x = at.right() + kSwatchGap;
    }
}

} // namespace

void addOccupancy(TimelineLayout &layout, const QFontMetricsF &metrics)
{
    const TimelineRow *header = nullptr;
    for (const TimelineRow &row : layout.rows) {
        if (row.isOfPcpus && !row.pcpu)
            header = &row;
        else if (row.pcpu && header) {
            if (header->rect.height() >= metrics.ascent())
                addSwatches(layout, *header, row.pcpu->host, metrics);
            header = nullptr;
        }
    }
    for (const TimelineRow &row : layout.rows)
        if (row.pcpu && !row.strip.isEmpty())
            OccupancyStrip(layout, row, metrics).add();
}

std::optional<OccupantAt> occupantAt(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    const Timeline &host = layout.recording->hosts[row.pcpu->host];
    const PcpuColumns &columns = host.pcpus[row.pcpu->pcpu];
    const std::span<const Ns> begins{columns.begin.data(), columns.begin.size()};
    const auto after = std::ranges::upper_bound(begins, t);
    if (after == begins.begin() || t >= host.range.to)
        return std::nullopt;
    const auto at = std::size_t(after - begins.begin()) - 1;
    return OccupantAt{columns.thread[at], {begins[at], after == begins.end() ? host.range.to : *after}};
}

} // namespace exitscope
