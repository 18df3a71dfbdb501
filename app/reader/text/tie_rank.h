// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

#include "app/reader/text/event_line.h"

namespace exitscope::reader {

// How often the CPU changed among the events before it that have the same printed time: what was printed in µs stands
// in the order of the file, on all CPUs together. Told as ns that stay within what the print leaves open.
class TieRank {
public:
    static constexpr std::uint32_t kMost = 999; // later ones share it

    // Of all lines: `hasChanged`, whether it is of another CPU than the one before.
    std::uint32_t among(const EventLine &line, bool hasChanged)
    {
        return take(line, isTie(line) ? m_rank + (hasChanged ? 1 : 0) : 0);
    }
    // Of the lines of one CPU: `least`, what it is among all where others stand before it.
    std::uint32_t ofOne(const EventLine &line, std::uint32_t least)
    {
        return take(line, std::max(isTie(line) ? m_rank : 0, least));
    }
    static Ns timeOf(const EventLine &line, std::uint32_t rank)
    {
        return line.timeNs + std::min<Ns>(rank, line.spareNs);
    }

private:
    bool isTie(const EventLine &line) const { return line.timeNs == m_lastNs && line.spareNs > 0; }
    std::uint32_t take(const EventLine &line, std::uint32_t rank)
    {
        m_lastNs = line.timeNs;
        return m_rank = std::min(kMost, rank);
    }

    Ns m_lastNs = kNoTime;
    std::uint32_t m_rank = 0;
};

} // namespace exitscope::reader
