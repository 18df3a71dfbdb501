// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/extents.h"

namespace exitscope::reader {

void Extents::add(std::uint64_t begin, std::uint64_t end)
{
    m_bytes += end - begin;
    if (m_open.begin != m_open.end && m_open.end == begin) {
        m_open.end = end;
        return;
    }
    close();
    m_open = {begin, end};
}

void Extents::close()
{
    if (m_open.begin == m_open.end)
        return;
    put(m_open.begin - m_packedEnd);
    put(m_open.end - m_open.begin);
    m_packedEnd = m_open.end;
    m_open = {};
}

void Extents::put(std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        m_packed.push_back(static_cast<std::uint8_t>(number | 0x80));
    m_packed.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t Extents::Walk::take()
{
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t byte = m_extents->m_packed[m_at++];
        number |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80)
            return number;
    }
}

bool Extents::Walk::next(Extent &extent)
{
    if (m_at == m_extents->m_packed.size())
        return false;
    extent.begin = m_end + take();
    extent.end = m_end = extent.begin + take();
    return true;
}

} // namespace exitscope::reader
