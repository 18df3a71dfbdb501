// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/reader/file/file_bytes.h"

namespace exitscope::reader {

using PerfBytes = std::span<const std::byte>;

// The caller has checked that it lies in `bytes`, which need not be aligned.
template <typename Number>
Number loadAt(PerfBytes bytes, std::size_t offset)
{
    Number value{};
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// Bytes that grow in one piece, up to a limit.
class GrowingBytes {
public:
    explicit GrowingBytes(std::size_t limit) : m_limit(limit) { }

    std::size_t size() const { return m_size; }
    PerfBytes bytes() const { return {m_data.get(), m_size}; }
    // Room behind them for `most` bytes at least, or as much as the limit leaves; none: the limit or the memory is at
    // its end.
    std::span<std::byte> room(std::size_t most);
    void grow(std::size_t bytes) { m_size += bytes; } // so many of the room were filled

private:
    struct Free {
        void operator()(std::byte *data) const { std::free(data); }
    };
    std::unique_ptr<std::byte, Free> m_data; // by realloc(), which moves pages instead of copying them
    std::size_t m_limit;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

// The bytes of a perf.data file and, behind all that a file can have, what its compressed records expand to.
class PerfSource {
public:
    static constexpr std::uint64_t kExpanded = 1ull << 62; // offset of the first expanded byte

    explicit PerfSource(const std::string &path); // throws ReadError

    const FileBytes &file() const { return m_file; }
    GrowingBytes &expanded() { return m_expanded; }
    const GrowingBytes &expanded() const { return m_expanded; }
    // Where the part of it that `offset` lies in ends.
    std::uint64_t endOf(std::uint64_t offset) const
    {
        return offset < kExpanded ? m_file.size() : kExpanded + m_expanded.size();
    }

private:
    FileBytes m_file;
    GrowingBytes m_expanded;
};

// Reads a source here and there; each reader has its own.
class PerfWindow {
public:
    explicit PerfWindow(const PerfSource &source) : m_source(source) { }

    // Valid until the next call. `end`: up to where more is likely to be wanted. Throws ReadError where the source ends
    // before.
    PerfBytes at(std::uint64_t offset, std::size_t size, std::uint64_t end)
    {
        if (offset >= m_offset && offset + size <= m_offset + m_bytes.size())
            return PerfBytes(m_bytes).subspan(offset - m_offset, size);
        return fetch(offset, size, end);
    }

private:
    PerfBytes fetch(std::uint64_t offset, std::size_t size, std::uint64_t end);

    const PerfSource &m_source;
    std::uint64_t m_offset = 0;
    std::vector<std::byte> m_bytes; // of the file from m_offset on
};

} // namespace exitscope::reader
