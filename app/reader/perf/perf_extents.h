// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exitscope::reader {

// A part of a PerfSource, whole records of it.
struct PerfExtent {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

// Many of them in the order in which they are to be read, in some bytes each: a file that was sorted has one for every
// event.
class PerfExtents {
public:
    void add(std::uint64_t offset, std::uint64_t bytes);
    void add(const PerfExtents &others);
    std::uint64_t bytes() const { return m_total; } // of all

    class Reader {
    public:
        explicit Reader(const PerfExtents &extents) : m_extents(extents) { }
        bool next(PerfExtent &extent);

    private:
        std::uint64_t number();

        const PerfExtents &m_extents;
        std::size_t m_at = 0;
        std::uint64_t m_end = 0; // of the one before
        bool m_isLastRead = false;
    };

private:
    void write(std::uint64_t number);

    std::vector<std::uint8_t> m_coded; // all but the last: from the end of the one before to it, and its bytes
    std::uint64_t m_codedEnd = 0;
    PerfExtent m_last; // which can still grow
    std::uint64_t m_total = 0;
};

} // namespace exitscope::reader
