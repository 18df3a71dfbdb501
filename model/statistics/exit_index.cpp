// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_index.h"

#include <algorithm>
#include <ranges>

#include "model/freed_elsewhere.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

constexpr std::size_t kSmallestBlock = 64;

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
        if (filter->passes(of, i))
            m_rows.push_back(std::uint32_t(i));
    std::vector<std::uint32_t> counts(reasons);
    for (std::size_t i = 0; i < size(); ++i) {
        if (i % m_block == 0)
            m_before.insert(m_before.end(), counts.begin(), counts.end());
        ++counts[m_exits.reason(row(i))];
    }
}

std::size_t VcpuExitIndex::lowerBound(Ns t) const
{
    if (m_isWhole)
        return std::size_t(std::ranges::lower_bound(m_exits.times(), t) - m_exits.times().begin());
    const auto time = [this](std::uint32_t row) { return m_exits.time(row); };
    return std::size_t(std::ranges::lower_bound(m_rows, t, {}, time) - m_rows.begin());
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
    const bool filters = !selection.reasons.empty() || !selection.scenarios.empty() || selection.minNs
        || selection.maxNs || !selection.addresses.empty() || !selection.pcpus.empty() || !selection.symbols.empty();
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
