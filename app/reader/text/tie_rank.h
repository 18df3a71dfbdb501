// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

#include "app/reader/text/event_line.h"

namespace exitscope::reader {

// The place of an event among those before it that have the same printed time: what was printed in µs stands in the
// order of the file, on all CPUs together. Told as ns that stay within what the print leaves open.
class TieRank {
public:
    static constexpr std::uint32_t kMost = 999; // later ones share it

    // `least`: what is known of events of other CPUs before it.
    std::uint32_t next(const EventLine &line, std::uint32_t least = 0)
    {
        const bool isTie = line.timeNs == m_lastNs && line.spareNs > 0;
        m_rank = std::min(kMost, std::max(isTie ? m_rank + 1 : 0, least));
        m_lastNs = line.timeNs;
        return m_rank;
    }
    static Ns timeOf(const EventLine &line, std::uint32_t rank)
    {
        return line.timeNs + std::min<Ns>(rank, line.spareNs);
    }

private:
    Ns m_lastNs = kNoTime;
    std::uint32_t m_rank = 0;
};

} // namespace exitscope::reader
