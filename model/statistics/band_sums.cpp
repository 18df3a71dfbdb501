// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/band_sums.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostKinds = 1024; // of a vCPU; a damaged trace may hold any number
constexpr std::size_t kFewCells = 4096; // so many are kept in any case
constexpr std::size_t kExitsPerCell = 16; // of more cells at the least
constexpr std::size_t kBins = DurationBins::kCount;

struct Bins {
    int first = 0;
    int end = 0;
};

// The range and what leaves out single exits, but for the band.
Selection withoutBand(const Selection &selection)
{
    Selection without = rowFiltersIn(selection);
    without.from = selection.from;
    without.to = selection.to;
    without.minNs.reset();
    without.maxNs.reset();
    without.bandOf = {};
    return without;
}

// Nothing if a border lies within a bin.
std::optional<Bins> binsOf(const DurationBand &band)
{
    Bins bins{0, DurationBins::kCount};
    // The first bin holds shorter ones too, the last longer ones.
    if (!band.minNs)
        return std::nullopt;
    if (*band.minNs != 0) {
        bins.first = DurationBins::indexOf(*band.minNs);
        if (bins.first == 0 || DurationBins::lower(bins.first) != *band.minNs)
            return std::nullopt;
    }
    if (band.maxNs) {
        bins.end = DurationBins::indexOf(*band.maxNs);
        if (bins.end == 0 || DurationBins::lower(bins.end) != *band.maxNs)
            return std::nullopt;
    }
    return bins;
}

} // namespace

BandSums::BandSums(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel)
    : m_recording(std::move(recording)), m_selection(withoutBand(selection))
{
    for (const VcpuAt &of : vcpusOf(*m_recording)) {
        std::optional<VcpuCells> cells = cellsOf(of, cancel);
        if (!cells) {
            m_isWhole = false;
            m_vcpus.clear();
            return;
        }
        m_vcpus.push_back(std::move(*cells));
    }
}

// Takes in the exits of a vCPU.
class BandSums::Filling {
public:
    // `most`: cells of each duration.
    Filling(const ExitColumns &exits, std::vector<ExitKind> kinds, std::vector<NetRole> netRoles, std::size_t most)
        : m_exits(exits), m_kinds(std::move(kinds)), m_netRoles(std::move(netRoles)), m_most(most)
    {
        for (std::vector<std::uint32_t> &places : m_places)
            places.assign(m_kinds.size() * kBins, kNone);
    }

    bool add(std::size_t i) // false once there are too many
    {
        const ExitKind kind = kindOf(m_exits, i);
        const auto place = std::size_t(std::ranges::lower_bound(m_kinds, kind) - m_kinds.begin());
        ExitSum sum;
        sum.add(m_exits, i);
        bool isRoom = true;
        if (sum.timed > 0)
            isRoom = addTo(DurationKind::Gross, place, sum.parts.gross(), sum) && isRoom;
        if (sum.timed > 0 && m_netRoles[kind.reason] != NetRole::Unknown)
            isRoom = addTo(DurationKind::Net, place, sum.parts.net(), sum) && isRoom;
        if (sum.runs > 0)
            isRoom = addTo(DurationKind::Run, place, sum.runTotal, sum) && isRoom;
        return isRoom;
    }
    VcpuCells take()
    {
        for (Cells &cells : m_cells)
            std::ranges::sort(cells, {}, [](const Cell &cell) { return std::pair(cell.kind, cell.bin); });
        return std::move(m_cells);
    }

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    bool addTo(DurationKind of, std::size_t kind, Ns duration, const ExitSum &sum)
    {
        if (duration < 0) // that no time can have: it is in no band
            return true;
        const auto bin = std::size_t(DurationBins::indexOf(duration));
        std::uint32_t &place = m_places[std::size_t(of)][kind * kBins + bin];
        Cells &cells = m_cells[std::size_t(of)];
        if (place == kNone) {
            place = std::uint32_t(cells.size());
            cells.push_back({m_kinds[kind], std::uint8_t(bin), {}});
        }
        cells[place].sum += sum;
        return cells.size() <= m_most;
    }

    const ExitColumns &m_exits;
    std::vector<ExitKind> m_kinds; // in order
    std::vector<NetRole> m_netRoles; // by index into the ReasonTable
    std::size_t m_most;
    std::array<std::vector<std::uint32_t>, kDurations> m_places; // in the cells: by kind, then bin
    VcpuCells m_cells;
};

// Nothing if there would be too many.
std::optional<BandSums::VcpuCells> BandSums::cellsOf(const VcpuAt &vcpu, CancelFlag cancel) const
{
    const ExitColumns &exits = vcpu.vcpu->exits;
    const ExitFilter filter(m_selection, m_recording->reasons);
    const auto [begin, end] = filter.within(exits.times());
    std::vector<ExitKind> kinds = kindsOf(exits, m_recording->reasons.size());
    if (kinds.size() > kMostKinds)
        return std::nullopt;
    Filling filling(
        exits, std::move(kinds), netRolesOn(*vcpu.host, *m_recording), kFewCells + (end - begin) / kExitsPerCell);
    for (std::size_t first = begin; first < end && !isCancelled(cancel); first += kExitsPerLook)
        for (std::size_t i = first; i < std::min(first + kExitsPerLook, end); ++i)
            if (filter.passesRest(vcpu, i) && !filling.add(i))
                return std::nullopt;
    return filling.take();
}

bool BandSums::isOf(const Recording *recording, const Selection &selection) const
{
    return m_recording.get() == recording && withoutBand(selection) == m_selection;
}

bool BandSums::holds(const Recording *recording, const Selection &selection) const
{
    return m_isWhole && isOf(recording, selection) && hasBorder(bandIn(selection)) && binsOf(bandIn(selection));
}

KindSums BandSums::of(const VcpuAt &vcpu, const Selection &selection) const
{
    KindSums sums;
    const std::optional<Bins> bins = binsOf(bandIn(selection));
    if (!bins)
        return sums;
    for (const Cell &cell : m_vcpus[vcpu.number][std::size_t(selection.bandOf)]) {
        if (cell.bin < bins->first || cell.bin >= bins->end)
            continue;
        if (sums.empty() || sums.back().kind != cell.kind)
            sums.push_back({cell.kind, {}});
        sums.back().sum += cell.sum;
    }
    return sums;
}

} // namespace exitscope
