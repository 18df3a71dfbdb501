// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/columns.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr std::size_t kSumsEvery = 32; // intervals, or stretches: what lies between two sums is added up
constexpr std::size_t kNear = 2 * kSumsEvery;

// The last index whose begin is at or before t; begins must not be empty nor start after t.
std::size_t lastAtOrBefore(std::span<const Ns> begins, Ns t)
{
    return std::size_t(std::ranges::upper_bound(begins, t) - begins.begin()) - 1;
}

} // namespace

void StateColumns::start(Ns begin)
{
    *this = StateColumns();
    m_start = m_end = begin;
}

void StateColumns::reserve(std::size_t count)
{
    m_begin.reserve(count);
    m_what.reserve(count);
    m_before.reserve(count / kSumsEvery + 1);
    m_index.reserve(count);
}

void StateColumns::append(Ns until, VcpuState state, std::int32_t pcpu)
{
    if (until <= m_end)
        return;
    const StateOnPcpu what(state, info(state).onPcpu ? pcpu : kNoPcpu);
    if (m_begin.empty() || m_what.back() != what) {
        if (size() % kSumsEvery == 0)
            m_before.append(size() == 0 ? TimePerState{} : upTo(m_end, size() - 1));
        m_begin.append(m_end);
        m_index.append(m_end);
        m_what.append(what);
    }
    m_end = until;
}

std::size_t StateColumns::at(Ns t) const
{
    return m_begin.empty() || t < m_start || t >= m_end ? size() : lastAtOrBefore(t);
}

std::size_t StateColumns::lastAtOrBefore(Ns t) const
{
    return m_index.lowerBound(
               t + 1, [this](std::size_t i) { return m_begin[i]; })
        - 1;
}

TimeRange StateColumns::cut(TimeRange range) const
{
    return {std::max(range.from, m_start), std::min(range.to, m_end)};
}

TimePerState StateColumns::within(TimeRange range) const
{
    range = cut(range);
    if (range.to <= range.from)
        return {};
    return between(range, lastAtOrBefore(range.from), lastAtOrBefore(range.to));
}

bool StateColumns::isNear(std::size_t first, std::size_t last)
{
    return last - first <= kNear;
}

TimePerState StateColumns::between(TimeRange range, std::size_t first, std::size_t last) const
{
    TimePerState result{};
    if (!isNear(first, last)) {
        result = upTo(range.to, last);
        const TimePerState before = upTo(range.from, first);
        for (std::size_t s = 0; s < result.size(); ++s)
            result[s] -= before[s];
        return result;
    }
    Ns from = range.from;
    for (std::size_t i = first; i < last; ++i) {
        result[std::size_t(state(i))] += m_begin[i + 1] - from;
        from = m_begin[i + 1];
    }
    result[std::size_t(state(last))] += range.to - from;
    return result;
}

TimePerState StateColumns::upTo(Ns t, std::size_t i) const
{
    const std::size_t sum = i / kSumsEvery;
    TimePerState result = m_before[sum];
    for (std::size_t k = sum * kSumsEvery; k < i; ++k)
        result[std::size_t(state(k))] += m_begin[k + 1] - m_begin[k];
    result[std::size_t(state(i))] += t - m_begin[i];
    return result;
}

void StateColumns::fetch(std::size_t first, std::size_t last) const
{
    fetchLines(&m_begin[first], last - first);
    fetchLines(&m_what[first], last - first);
    fetchLines(&m_before[first / kSumsEvery], 1);
}

TimePerState StateWalk::within(TimeRange range)
{
    range = m_states.cut(range);
    if (range.to <= range.from)
        return {};
    const std::size_t first = m_search.lastAtOrBefore(m_states.m_begin, range.from);
    return m_states.between(range, first, m_search.lastAtOrBefore(m_states.m_begin, range.to));
}

std::size_t StateWalk::at(Ns t)
{
    const bool isOutside = m_states.size() == 0 || t < m_states.m_start || t >= m_states.m_end;
    return isOutside ? m_states.size() : m_search.lastAtOrBefore(m_states.m_begin, t);
}

// Doubles its steps until it is beyond the time, and looks between the last two.
std::size_t NearbySearch::searchOn(std::span<const Ns> begins, Ns t)
{
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

void StretchColumns::reserve(std::size_t count)
{
    m_begin.reserve(count);
    m_length.reserve(count);
    m_before.reserve(count / kSumsEvery + 1);
}

void StretchColumns::append(Ns begin, Ns end)
{
    if (end <= begin)
        return;
    if (size() % kSumsEvery == 0)
        m_before.append(m_total);
    m_begin.append(begin);
    m_length.append(distance(begin, end));
    m_total += end - begin;
}

Ns StretchColumns::within(TimeRange range) const
{
    if (m_begin.empty())
        return 0;
    range.from = std::max(range.from, m_begin.front());
    if (range.to <= range.from)
        return 0;
    return between(range, lastAtOrBefore(m_begin, range.from), lastAtOrBefore(m_begin, range.to));
}

Ns StretchColumns::between(TimeRange range, std::size_t first, std::size_t last) const
{
    Ns whole = 0; // those from the first on that are before the last
    if (last - first > kNear)
        whole = before(last) - before(first);
    else
        for (std::size_t i = first; i < last; ++i)
            whole += length(i);
    return whole + part(last, range.to) - part(first, range.from);
}

Ns StretchColumns::before(std::size_t i) const
{
    const std::size_t sum = i / kSumsEvery;
    Ns result = m_before[sum];
    for (std::size_t k = sum * kSumsEvery; k < i; ++k)
        result += length(k);
    return result;
}

Ns StretchWalk::within(TimeRange range)
{
    const Column<Ns> &begins = m_stretches.m_begin;
    if (begins.empty())
        return 0;
    range.from = std::max(range.from, begins.front());
    if (range.to <= range.from)
        return 0;
    const std::size_t first = m_search.lastAtOrBefore(begins, range.from);
    return m_stretches.between(range, first, m_search.lastAtOrBefore(begins, range.to));
}

} // namespace exitscope
