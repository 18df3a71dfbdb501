// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/state_borders.h"

#include <algorithm>
#include <array>

namespace exitscope {

namespace {

constexpr std::size_t kTogether = 16; // borders

} // namespace

StateBorders::StateBorders(const StateColumns &states, std::span<const Ns> borders)
    : m_states(states), m_borders(borders), m_interval(borders.size()), m_summed(borders.size())
{
}

// Up to that border at least.
void StateBorders::find(std::size_t border)
{
    const auto begin = [&](std::size_t i) { return m_states.m_begin[i]; };
    const auto fetch = [&](std::size_t first, std::size_t last) { m_states.fetch(first, last); };
    while (m_found <= border) {
        std::array<Ns, kTogether> behind{};
        const std::size_t count = std::min(kTogether, m_borders.size() - m_found);
        std::ranges::transform(m_borders.subspan(m_found, count), behind.begin(), [](Ns t) { return t + 1; });
        const std::span<std::size_t> found = std::span(m_interval).subspan(m_found, count);
        m_states.m_index.lowerBounds(std::span(behind).first(count), found, m_near, begin, fetch);
        for (std::size_t &i : found)
            i -= i > 0 ? 1 : 0;
        m_found += count;
    }
}

std::size_t StateBorders::at(std::size_t border)
{
    find(border);
    const Ns t = m_borders[border];
    return t < m_states.m_start || t >= m_states.m_end ? m_states.size() : m_interval[border];
}

TimePerState StateBorders::after(std::size_t border)
{
    find(border + 1);
    const TimeRange range = m_states.cut({m_borders[border], m_borders[border + 1]});
    const std::size_t first = m_interval[border];
    const std::size_t last = m_interval[border + 1];
    if (range.to <= range.from)
        return {};
    if (StateColumns::isNear(first, last))
        return m_states.between(range, first, last);
    const TimePerState before = upTo(border, range.from);
    TimePerState result = upTo(border + 1, range.to);
    for (std::size_t s = 0; s < result.size(); ++s)
        result[s] -= before[s];
    return result;
}

// Where one column ends the next begins: each is summed up once.
const TimePerState &StateBorders::upTo(std::size_t border, Ns t)
{
    if (m_summed != border)
        m_sum = m_states.upTo(t, m_interval[border]);
    m_summed = border;
    return m_sum;
}

} // namespace exitscope
