// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/extents.h"

namespace exitscope::reader {

void Extents::add(std::uint64_t begin, std::uint64_t end, std::uint32_t rank)
{
    m_bytes += end - begin;
    if (rank == 0 && m_open.begin != m_open.end && m_open.end == begin) {
        m_open.end = end;
        return;
    }
    close();
    m_open = {begin, end, rank};
}

void Extents::close()
{
    if (m_open.begin == m_open.end)
        return;
    put(m_open.begin - m_packedEnd, m_packed);
    put(m_open.end - m_open.begin, m_packed);
    ++m_closed;
    if (m_open.rank > 0) {
        put(m_closed - m_lastRanked, m_ranks);
        put(m_open.rank, m_ranks);
        m_lastRanked = m_closed;
    }
    m_packedEnd = m_open.end;
    m_open = {};
}

void Extents::put(std::uint64_t number, std::vector<std::uint8_t> &to)
{
    for (; number >= 0x80; number >>= 7)
        to.push_back(static_cast<std::uint8_t>(number | 0x80));
    to.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t Extents::Walk::take(const std::vector<std::uint8_t> &from, std::size_t &at)
{
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t byte = from[at++];
        number |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80)
            return number;
    }
}

bool Extents::Walk::next(Extent &extent)
{
    if (m_at == m_extents->m_packed.size())
        return false;
    extent.begin = m_end + take(m_extents->m_packed, m_at);
    extent.end = m_end = extent.begin + take(m_extents->m_packed, m_at);
    extent.rank = 0;
    const auto &ranks = m_extents->m_ranks;
    if (m_nextRanked <= m_extent && m_ranksAt != ranks.size())
        m_nextRanked += take(ranks, m_ranksAt);
    if (++m_extent == m_nextRanked)
        extent.rank = static_cast<std::uint32_t>(take(ranks, m_ranksAt));
    return true;
}

} // namespace exitscope::reader
