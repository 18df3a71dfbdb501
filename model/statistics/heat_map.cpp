// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/heat_map.h"

#include <algorithm>

#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

constexpr std::size_t kHeatPiece = 16'384; // exits between two looks at a cancel

class HeatTally {
public:
    HeatTally(HeatMap &map, const Recording &recording, const ExitFilter &filter, CancelFlag cancel)
        : m_map(map), m_recording(recording), m_filter(filter), m_cancel(cancel)
    {
    }

    void add(const VcpuAt &of);

private:
    void addExit(const VcpuAt &of, std::size_t exit, std::size_t column);

    HeatMap &m_map;
    const Recording &m_recording;
    const ExitFilter &m_filter;
    CancelFlag m_cancel;
};

void HeatTally::add(const VcpuAt &of)
{
    const ExitColumns &exits = of.vcpu->exits;
    const std::span<const Ns> times = exits.times();
    auto [first, last] = m_filter.within(times);
    const auto positionOf = [&](Ns t) { return std::size_t(std::ranges::lower_bound(times, t) - times.begin()); };
    first = std::max(first, positionOf(m_map.borders.front()));
    last = std::min(last, positionOf(m_map.borders.back()));
    std::size_t column = 0;
    for (std::size_t i = first; i < last; ++i) {
        if (i % kHeatPiece == 0 && isCancelled(m_cancel))
            return;
        while (times[i] >= m_map.borders[column + 1])
            ++column;
        if (m_filter.passes(of, i))
            addExit(of, i, column);
    }
}

void HeatTally::addExit(const VcpuAt &of, std::size_t exit, std::size_t column)
{
    const ExitColumns &exits = of.vcpu->exits;
    const std::optional<Ns> duration = m_filter.durationOf(*of.host, exits, exit, m_map.of);
    if (!duration) {
        m_map.leftOut += m_map.of == DurationKind::Net && exits.timed(exit) && !netIsKnown(m_recording, of, exit);
        return;
    }
    const auto bin = std::size_t(DurationBins::indexOf(*duration));
    HeatMap::Cell &cell = m_map.cells[column * DurationBins::kCount + bin];
    ++cell.count;
    cell.ns += *duration;
    ++m_map.total;
}

} // namespace

HeatMap heatMapOf(
    const Recording &recording, const Selection &selection, DurationKind of, std::vector<Ns> borders, CancelFlag cancel)
{
    HeatMap map;
    map.of = of;
    map.borders = std::move(borders);
    if (map.columns() < 1)
        return map;
    map.cells.resize(std::size_t(map.columns()) * DurationBins::kCount);
    const ExitFilter filter(selection, recording.reasons);
    HeatTally tally(map, recording, filter, cancel);
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (filter.passesVcpu(vcpu.key))
            tally.add(vcpu);
    return map;
}

} // namespace exitscope
