// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_extents.h"

namespace exitscope::reader {

namespace {

// Small numbers of either sign as small ones without.
std::uint64_t folded(std::uint64_t difference)
{
    return (difference << 1) ^ (0 - (difference >> 63));
}

std::uint64_t unfolded(std::uint64_t number)
{
    return (number >> 1) ^ (0 - (number & 1));
}

} // namespace

void PerfExtents::add(std::uint64_t offset, std::uint64_t bytes)
{
    m_total += bytes;
    if (m_last.bytes > 0 && m_last.offset + m_last.bytes == offset) {
        m_last.bytes += bytes;
        return;
    }
    if (m_last.bytes > 0) {
        write(folded(m_last.offset - m_codedEnd));
        write(m_last.bytes);
        m_codedEnd = m_last.offset + m_last.bytes;
    }
    m_last = {offset, bytes};
}

void PerfExtents::add(const PerfExtents &others)
{
    Reader reader(others);
    PerfExtent extent;
    while (reader.next(extent))
        add(extent.offset, extent.bytes);
}

// Seven bits a byte, the lowest first.
void PerfExtents::write(std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        m_coded.push_back(static_cast<std::uint8_t>(number | 0x80));
    m_coded.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t PerfExtents::Reader::number()
{
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t byte = m_extents.m_coded[m_at++];
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
}

bool PerfExtents::Reader::next(PerfExtent &extent)
{
    if (m_at == m_extents.m_coded.size()) {
        if (m_isLastRead || m_extents.m_last.bytes == 0)
            return false;
        extent = m_extents.m_last;
        m_isLastRead = true;
        return true;
    }
    extent.offset = m_end + unfolded(number());
    extent.bytes = number();
    m_end = extent.offset + extent.bytes;
    return true;
}

} // namespace exitscope::reader
