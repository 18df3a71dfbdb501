// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/columns.h"

#include <algorithm>

namespace exitscope {

namespace {

// The last index whose begin is at or before t; begins must not be empty nor start after t.
std::size_t lastAtOrBefore(const std::vector<Ns> &begins, Ns t)
{
    return std::size_t(std::ranges::upper_bound(begins, t) - begins.begin()) - 1;
}

} // namespace

void StateColumns::start(Ns begin)
{
    m_begin.clear();
    m_state.clear();
    m_pcpu.clear();
    m_before.clear();
    m_start = m_end = begin;
}

void StateColumns::append(Ns until, VcpuState state, std::int32_t pcpu)
{
    if (until <= m_end)
        return;
    if (!info(state).onPcpu)
        pcpu = kNoPcpu;
    if (m_begin.empty() || m_state.back() != state || m_pcpu.back() != pcpu) {
        m_before.push_back(total());
        m_begin.push_back(m_end);
        m_state.push_back(state);
        m_pcpu.push_back(pcpu);
    }
    m_end = until;
}

std::size_t StateColumns::at(Ns t) const
{
    return m_begin.empty() || t < m_start || t >= m_end ? size() : lastAtOrBefore(m_begin, t);
}

TimePerState StateColumns::within(TimeRange range) const
{
    TimePerState result{};
    if (m_begin.empty() || range.to <= range.from)
        return result;
    result = upTo(range.to);
    const TimePerState before = upTo(range.from);
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] -= before[i];
    return result;
}

TimePerState StateColumns::upTo(Ns t) const
{
    t = std::clamp(t, m_start, m_end);
    return upTo(t, lastAtOrBefore(m_begin, t));
}

TimePerState StateColumns::upTo(Ns t, std::size_t i) const
{
    TimePerState result = m_before[i];
    result[std::size_t(m_state[i])] += t - m_begin[i];
    return result;
}

TimePerState StateWalk::within(TimeRange range)
{
    if (m_states.size() == 0 || range.to <= range.from)
        return {};
    if (range.from != m_time)
        m_upTo = upTo(range.from);
    const TimePerState before = m_upTo;
    m_time = range.to;
    m_upTo = upTo(range.to);
    TimePerState result = m_upTo;
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] -= before[i];
    return result;
}

TimePerState StateWalk::upTo(Ns t)
{
    t = std::clamp(t, m_states.m_start, m_states.m_end);
    return m_states.upTo(t, m_search.lastAtOrBefore(m_states.m_begin, t));
}

std::size_t StateWalk::at(Ns t)
{
    const bool isOutside = m_states.size() == 0 || t < m_states.m_start || t >= m_states.m_end;
    return isOutside ? m_states.size() : m_search.lastAtOrBefore(m_states.m_begin, t);
}

// Doubles its steps until it is beyond the time, and looks between the last two.
std::size_t NearbySearch::lastAtOrBefore(const std::vector<Ns> &begins, Ns t)
{
    if (m_at >= begins.size() || begins[m_at] > t)
        m_at = 0;
    std::size_t step = 1;
    while (m_at + step < begins.size() && begins[m_at + step] <= t) {
        m_at += step;
        step *= 2;
    }
    const auto first = begins.begin() + std::ptrdiff_t(m_at);
    const auto last = begins.begin() + std::ptrdiff_t(std::min(m_at + step, begins.size()));
    m_at = std::size_t(std::upper_bound(first, last, t) - begins.begin()) - 1;
    return m_at;
}

void StretchColumns::append(Ns begin, Ns end)
{
    if (end <= begin)
        return;
    m_before.push_back(total());
    m_begin.push_back(begin);
    m_end.push_back(end);
}

Ns StretchColumns::within(TimeRange range) const
{
    return range.to <= range.from ? 0 : upTo(range.to) - upTo(range.from);
}

Ns StretchColumns::upTo(Ns t) const
{
    if (m_begin.empty() || t <= m_begin.front())
        return 0;
    return upTo(t, lastAtOrBefore(m_begin, t));
}

Ns StretchColumns::upTo(Ns t, std::size_t i) const
{
    return m_before[i] + std::min(t, m_end[i]) - m_begin[i];
}

Ns StretchWalk::within(TimeRange range)
{
    if (range.to <= range.from)
        return 0;
    const Ns before = upTo(range.from);
    return upTo(range.to) - before;
}

Ns StretchWalk::upTo(Ns t)
{
    if (m_stretches.m_begin.empty() || t <= m_stretches.m_begin.front())
        return 0;
    return m_stretches.upTo(t, m_search.lastAtOrBefore(m_stretches.m_begin, t));
}

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

std::pair<std::size_t, std::size_t> ExitColumns::within(TimeRange range) const
{
    const auto first = std::ranges::lower_bound(time, range.from);
    const auto last = std::lower_bound(first, time.end(), std::max(range.from, range.to));
    return {std::size_t(first - time.begin()), std::size_t(last - time.begin())};
}

} // namespace exitscope
