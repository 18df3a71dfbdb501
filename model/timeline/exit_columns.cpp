// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/exit_columns.h"

#include <algorithm>

namespace exitscope {

ExitParts &ExitParts::operator+=(const ExitParts &other)
{
    kvm += other.kvm;
    userspace += other.userspace;
    preempted += other.preempted;
    idle += other.idle;
    blocked += other.blocked;
    irq += other.irq;
    return *this;
}

ExitParts &ExitParts::operator-=(const ExitParts &other)
{
    kvm -= other.kvm;
    userspace -= other.userspace;
    preempted -= other.preempted;
    idle -= other.idle;
    blocked -= other.blocked;
    irq -= other.irq;
    return *this;
}

void ExitColumns::reserve(std::size_t count)
{
    m_time.reserve(count);
    m_timeIndex.reserve(count);
    m_toEvent.reserve(count);
    m_run.reserve(count);
    m_toEnd.reserve(count);
    m_parts.reserve(kParts * count);
    m_guestRip.reserve(count);
    m_reason.reserve(count);
    m_scenario.reserve(count);
    m_pcpu.reserve(count);
    m_entryFailed.reserve(count);
    m_target.reserve(count);
    m_userspace.reserve(count);
}

void ExitColumns::append(const ExitRow &row)
{
    constexpr std::size_t kMostOfTarget = 16; // bytes that what an exit touched may cost
    static_assert(sizeof(decltype(m_target)::value_type) + sizeof(decltype(m_touch)::value_type)
            + sizeof(decltype(m_userspace)::value_type)
        <= kMostOfTarget);
    m_time.append(row.time);
    m_timeIndex.append(row.time);
    m_toEvent.append(distance(row.time, row.event));
    if (row.entry == kNoTime)
        m_run.appendNone();
    else
        m_run.append(distance(row.entry, row.time));
    if (row.end == kNoTime)
        m_toEnd.appendNone();
    else
        m_toEnd.append(distance(row.time, row.end));
    const ExitParts &parts = row.parts;
    for (const Ns part : {parts.kvm, parts.userspace, parts.preempted, parts.idle, parts.blocked, parts.irq})
        m_parts.append(static_cast<std::uint64_t>(part));
    m_guestRip.append(row.guestRip);
    m_reason.append(row.reason);
    m_scenario.append(row.scenario);
    m_pcpu.append(row.pcpu);
    m_entryFailed.append(row.entryFailed ? 1 : 0);
    m_target.append(row.target);
    m_userspace.append(row.userspace);
}

ExitRow ExitColumns::row(std::size_t i) const
{
    return {time(i), event(i), entry(i), end(i), parts(i), guestRip(i), reason(i), scenario(i), pcpu(i),
        failedToEnter(i), target(i), userspace(i)};
}

std::pair<std::size_t, std::size_t> ExitColumns::within(TimeRange range) const
{
    const auto timeAt = [this](std::size_t i) { return m_time[i]; };
    const std::size_t first = m_timeIndex.lowerBound(range.from, timeAt);
    return {first, m_timeIndex.lowerBound(std::max(range.from, range.to), timeAt)};
}

} // namespace exitscope
