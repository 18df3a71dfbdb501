// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_sums.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr std::size_t kSmallestBlockOfExits = 256; // exits

} // namespace

VcpuExitSums::VcpuExitSums(const VcpuAt &of, std::size_t reasons, const ExitFilter &filter, CancelFlag cancel)
    : m_of(of), m_exits(of.vcpu->exits), m_kinds(kindsOf(m_exits, reasons)),
      // Of many kinds fewer blocks are kept: sizeof(ExitSum) / 16 bytes per exit at the most.
      m_block(std::max(kSmallestBlockOfExits, m_kinds.size() * 16))
{
    std::vector<ExitSum> sums(m_kinds.size());
    m_before.reserve((m_exits.size() / m_block + 1) * sums.size());
    for (std::size_t first = 0; first < m_exits.size() && !isCancelled(cancel); first += m_block) {
        m_before.insert(m_before.end(), sums.begin(), sums.end());
        addRows(sums, first, std::min(first + m_block, m_exits.size()), filter);
    }
}

void VcpuExitSums::addRows(
    std::vector<ExitSum> &sums, std::size_t first, std::size_t last, const ExitFilter &filter, Sign sign) const
{
    for (std::size_t i = first; i < last; ++i) {
        if (!filter.passes(m_of, i))
            continue;
        const auto kind = std::ranges::lower_bound(m_kinds, kindOf(m_exits, i));
        ExitSum &sum = sums[std::size_t(kind - m_kinds.begin())];
        if (sign == Sign::Plus) {
            sum.add(m_exits, i);
        } else {
            ExitSum one;
            one.add(m_exits, i);
            sum -= one;
        }
    }
}

KindSums VcpuExitSums::within(std::size_t first, std::size_t last, const ExitFilter &filter) const
{
    if (last <= first)
        return {};
    std::vector<ExitSum> sums(m_kinds.size());
    const std::size_t firstBlock = first / m_block;
    const std::size_t lastBlock = (last - 1) / m_block;
    if (lastBlock - firstBlock < 2) {
        addRows(sums, first, last, filter);
    } else {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            sums[k] = m_before[lastBlock * sums.size() + k];
            sums[k] -= m_before[firstBlock * sums.size() + k];
        }
        addRows(sums, firstBlock * m_block, first, filter, Sign::Minus);
        addRows(sums, lastBlock * m_block, last, filter);
    }
    KindSums result;
    for (std::size_t k = 0; k < sums.size(); ++k)
        if (sums[k].count > 0)
            result.push_back({m_kinds[k], sums[k]});
    return result;
}

ExitSums::ExitSums(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel)
    : m_recording(std::move(recording)), m_rows(rowFiltersIn(selection))
{
    const ReasonTable &reasons = m_recording->reasons;
    const ExitFilter filter(m_rows, reasons);
    for (const VcpuAt &of : vcpusOf(*m_recording))
        m_vcpus.emplace_back(of, reasons.size(), filter, cancel);
}

bool ExitSums::isOf(const Recording *recording, const Selection &selection) const
{
    return m_recording.get() == recording && m_rows == rowFiltersIn(selection);
}

KindSums ExitSums::of(const VcpuAt &vcpu, const Selection &selection) const
{
    Selection rows = m_rows;
    rows.from = selection.from;
    rows.to = selection.to;
    const ExitFilter filter(rows, m_recording->reasons);
    const auto [first, last] = filter.within(vcpu.vcpu->exits.times());
    return m_vcpus[vcpu.number].within(first, last, filter);
}

} // namespace exitscope
