// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace exitscope::reader {

// Where the lines of one CPU lie in a file, those that follow each other as one. Two to four bytes for each: of a text
// of two CPUs that take turns, one part in thirty.
class Extents {
public:
    struct Extent {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint32_t rank = 0; // as add() was told
    };

    // Behind those before. `rank`: of the event that begins there among events of other CPUs that have the same time,
    // see TieRank; 0: none of them stands before it.
    void add(std::uint64_t begin, std::uint64_t end, std::uint32_t rank = 0);
    void close(); // no other follows
    std::uint64_t bytes() const { return m_bytes; } // in all of them

    // From the first one on.
    class Walk {
    public:
        explicit Walk(const Extents &extents) : m_extents(&extents) { }
        bool next(Extent &extent); // false behind the last one

    private:
        static std::uint64_t take(const std::vector<std::uint8_t> &from, std::size_t &at);

        const Extents *m_extents;
        std::size_t m_at = 0;
        std::uint64_t m_end = 0; // of the last one
        std::size_t m_ranksAt = 0;
        std::uint64_t m_extent = 0; // how many there were
        std::uint64_t m_nextRanked = 0; // which extent has the next rank, from 1; 0: none taken yet
    };

private:
    static void put(std::uint64_t number, std::vector<std::uint8_t> &to);

    std::vector<std::uint8_t> m_packed; // how far behind the one before, how long; seven bits a byte
    std::uint64_t m_packedEnd = 0;
    std::vector<std::uint8_t> m_ranks; // so too, of those that have one: how many extents behind the one before, rank
    std::uint64_t m_closed = 0; // extents
    std::uint64_t m_lastRanked = 0; // from 1
    Extent m_open; // not packed yet, if it is not empty
    std::uint64_t m_bytes = 0;
};

} // namespace exitscope::reader
