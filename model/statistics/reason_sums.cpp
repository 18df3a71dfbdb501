// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/reason_sums.h"

#include <algorithm>

namespace exitscope {

ReasonSums::ReasonSums(const ExitColumns &exits, std::size_t reasons) : m_exits(exits), m_reasons(reasons)
{
    std::vector<ReasonSum> sums(reasons);
    for (std::size_t i = 0; i < exits.size(); ++i) {
        PerReason &reason = m_reasons[exits.reason[i]];
        ReasonSum &sum = sums[exits.reason[i]];
        if (reason.rows.size() % kStep == 0)
            reason.before.push_back(sum);
        reason.rows.push_back(std::uint32_t(i));
        add(sum, std::uint32_t(i));
    }
}

void ReasonSums::add(ReasonSum &sum, std::uint32_t row) const
{
    ++sum.count;
    sum.timed += m_exits.timed(row);
    sum.parts += m_exits.parts[row];
}

ReasonSum ReasonSums::before(const PerReason &reason, std::size_t position) const
{
    if (position == 0)
        return {};
    const std::size_t step = (position - 1) / kStep;
    ReasonSum sum = reason.before[step];
    for (std::size_t i = step * kStep; i < position; ++i)
        add(sum, reason.rows[i]);
    return sum;
}

ReasonSum ReasonSums::within(std::uint16_t reason, TimeRange range) const
{
    if (range.to <= range.from)
        return {};
    const PerReason &of = m_reasons[reason];
    const auto position = [&](Ns t) {
        const auto at
            = std::ranges::lower_bound(of.rows, t, {}, [this](std::uint32_t row) { return m_exits.time[row]; });
        return std::size_t(at - of.rows.begin());
    };
    ReasonSum sum = before(of, position(range.to));
    const ReasonSum left = before(of, position(range.from));
    sum.count -= left.count;
    sum.timed -= left.timed;
    sum.parts -= left.parts;
    return sum;
}

ReasonSum ReasonSums::total(std::uint16_t reason) const
{
    return before(m_reasons[reason], m_reasons[reason].rows.size());
}

} // namespace exitscope
