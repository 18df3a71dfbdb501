// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_source.h"

#include <algorithm>
#include <cstdlib>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

// The reader has 1 GiB for everything, unless it is told otherwise.
constexpr std::size_t kMostExpanded = 512u << 20;
constexpr std::size_t kFirstExpanded = 1u << 20;

// A read of a part costs as much as copying some kilobytes.
constexpr std::uint64_t kLeastRead = 16u << 10;
constexpr std::uint64_t kMostRead = 256u << 10;

} // namespace

std::span<std::byte> GrowingBytes::room(std::size_t most)
{
    const std::size_t wanted = std::min(most, m_limit - m_size);
    if (m_capacity - m_size < wanted) {
        const std::size_t larger
            = std::min(m_limit, std::max({m_size + wanted, m_capacity + m_capacity / 2, kFirstExpanded}));
        auto *moved = static_cast<std::byte *>(std::realloc(m_data.get(), larger));
        if (!moved)
            return {};
        static_cast<void>(m_data.release()); // realloc() has taken it
        m_data.reset(moved);
        m_capacity = larger;
    }
    return {m_data.get() + m_size, m_capacity - m_size};
}

PerfSource::PerfSource(const std::string &path) : m_file(path), m_expanded(kMostExpanded) { }

PerfBytes PerfWindow::fetch(std::uint64_t offset, std::size_t size, std::uint64_t end)
{
    const std::uint64_t last = m_source.endOf(offset);
    if (offset > last || size > last - offset)
        throw ReadError("the file ends at byte " + std::to_string(m_source.file().size())
            + ", where more should follow: it is not complete");
    if (offset >= PerfSource::kExpanded)
        return m_source.expanded().bytes().subspan(offset - PerfSource::kExpanded, size);
    const std::uint64_t ahead = std::clamp(std::max(end, offset) - offset, kLeastRead, kMostRead);
    const std::uint64_t bytes = std::min(std::max<std::uint64_t>(ahead, size), last - offset);
    m_bytes.resize(bytes);
    m_offset = offset;
    m_source.file().read(offset, m_bytes);
    return PerfBytes(m_bytes).first(size);
}

} // namespace exitscope::reader
