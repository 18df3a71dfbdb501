// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_index.h"

#include <algorithm>
#include <ranges>

#include "model/freed_elsewhere.h"
#include "model/statistics/exit_sum.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr std::size_t kSmallestBlock = 64;
constexpr std::size_t kTogether = 16; // times that are looked for

Selection withoutRange(Selection selection)
{
    selection.from.reset();
    selection.to.reset();
    return selection;
}

} // namespace

VcpuExitIndex::VcpuExitIndex(const VcpuAt &of, std::size_t reasons, const ExitFilter *filter)
    : m_exits(of.vcpu->exits), m_isWhole(filter == nullptr), m_reasons(reasons),
      // Of many reasons fewer blocks are kept, so that they never need more than the exits themselves.
      m_block(std::max(kSmallestBlock, reasons * 4))
{
    for (std::size_t i = 0; filter && i < m_exits.size(); ++i)
        if (filter->passes(of, i)) {
            m_rows.push_back(std::uint32_t(i));
            m_rowIndex.append(m_exits.time(i));
        }
    std::vector<std::uint32_t> counts(reasons);
    for (std::size_t i = 0; i < size(); ++i) {
        if (i % m_block == 0)
            m_before.insert(m_before.end(), counts.begin(), counts.end());
        ++counts[m_exits.reason(row(i))];
    }
}

std::size_t VcpuExitIndex::lowerBound(Ns t) const
{
    return timeIndex().lowerBound(
        t, [this](std::size_t i) { return time(i); });
}

std::vector<std::size_t> VcpuExitIndex::lowerBounds(std::span<const Ns> times) const
{
    std::vector<std::size_t> found(times.size());
    TimeIndex::Near near;
    for (std::size_t first = 0; first < times.size(); first += kTogether) {
        const std::size_t count = std::min(kTogether, times.size() - first);
        timeIndex().lowerBounds(
            times.subspan(first, count), std::span(found).subspan(first, count), near,
            [this](std::size_t i) { return time(i); },
            [this](std::size_t from, std::size_t to) {
                if (m_isWhole)
                    fetchLines(&m_exits.times()[from], to - from);
            });
    }
    return found;
}

std::pair<std::size_t, std::size_t> VcpuExitIndex::within(TimeRange range) const
{
    const std::size_t first = lowerBound(range.from);
    return {first, std::max(first, lowerBound(range.to))};
}

void VcpuExitIndex::addCounts(std::size_t first, std::size_t last, std::span<std::int64_t> counts) const
{
    const auto count = [&](std::size_t from, std::size_t to, std::int64_t by) {
        for (std::size_t i = from; i < to; ++i)
            counts[m_exits.reason(row(i))] += by;
    };
    if (last <= first)
        return;
    const std::size_t firstBlock = first / m_block;
    const std::size_t lastBlock = (last - 1) / m_block;
    if (lastBlock - firstBlock < 2) {
        count(first, last, 1);
        return;
    }
    for (std::size_t r = 0; r < m_reasons; ++r)
        counts[r] += m_before[lastBlock * m_reasons + r] - m_before[firstBlock * m_reasons + r];
    count(firstBlock * m_block, first, -1);
    count(lastBlock * m_block, last, 1);
}

void VcpuExitIndex::addCountsBefore(std::size_t last, std::span<std::int64_t> counts) const
{
    if (last == 0)
        return;
    const std::size_t block = (last - 1) / m_block; // which is there: behind the last exit none may begin
    for (std::size_t r = 0; r < m_reasons; ++r)
        counts[r] += m_before[block * m_reasons + r];
    for (std::size_t i = block * m_block; i < last; ++i)
        ++counts[m_exits.reason(row(i))];
}

void VcpuExitIndex::fetchCounts(std::size_t last) const
{
    if (last == 0)
        return;
    const std::size_t block = (last - 1) / m_block;
    fetchLines(&m_before[block * m_reasons], m_reasons);
    if (m_isWhole)
        fetchLines(&m_exits.reasons()[block * m_block], last - block * m_block);
    else
        fetchLines(&m_rows[block * m_block], last - block * m_block);
}

std::size_t VcpuExitIndex::positionOf(std::size_t row) const
{
    if (m_isWhole)
        return std::min(row, m_exits.size());
    return std::size_t(std::ranges::lower_bound(m_rows, std::uint32_t(row)) - m_rows.begin());
}

bool VcpuExitIndex::holds(std::size_t row) const
{
    return m_isWhole ? row < m_exits.size() : std::ranges::binary_search(m_rows, std::uint32_t(row));
}

ExitIndex::ExitIndex(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel)
    : m_recording(std::move(recording))
{
    const bool filters
        = !selection.reasons.empty() || !selection.scenarios.empty() || rowFiltersIn(selection) != Selection();
    const ExitFilter filter(selection, m_recording->reasons);
    for (const VcpuAt &of : vcpusOf(*m_recording))
        if (!isCancelled(cancel) && filter.passesVcpu(of.key))
            m_vcpus.emplace_back(of, m_recording->reasons.size(), filters ? &filter : nullptr);
        else
            m_vcpus.emplace_back(of.vcpu->exits);
}

bool ExitIndexCache::isOf(const Recording *recording, Selection selection) const
{
    return isOf(recording) && withoutRange(std::move(selection)) == m_selection;
}

bool ExitIndexCache::update(const std::shared_ptr<const Recording> &recording, Selection selection, CancelFlag cancel)
{
    selection = withoutRange(std::move(selection));
    if (m_passing && recording == m_recording && selection == m_selection)
        return false;
    if (!m_all || recording != m_recording)
        m_all = freedElsewhere(ExitIndex(recording, Selection{}, cancel));
    m_recording = recording;
    m_selection = std::move(selection);
    m_passing = m_selection == Selection{} ? m_all : freedElsewhere(ExitIndex(recording, m_selection, cancel));
    return true;
}

} // namespace exitscope
