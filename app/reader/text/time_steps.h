// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "app/reader/text/event_line.h"

namespace exitscope::reader {

// From each event of a text to the next one. perf script prints events in the order of their times, so hardly any goes
// back, unless it was asked for the differences (--deltatime): of these about each second one is less than the one
// before.
class TimeSteps {
public:
    void add(const EventLine &line)
    {
        if (line.tool != TextTool::Perf)
            return;
        m_back += m_last != kNoTime && line.timeNs < m_last ? 1u : 0u;
        m_last = line.timeNs;
        m_latest = m_latest == kNoTime || line.timeNs > m_latest ? line.timeNs : m_latest;
        ++m_events;
    }

    bool areDifferences() const
    {
        constexpr std::uint64_t kFewest = 16; // a few lines of a letter may have been put in order by hand
        constexpr Ns kLongest = 1'000'000'000; // clocks of a machine that traces are far beyond
        return m_events >= kFewest && m_back * 4 > m_events && m_latest < kLongest * 60;
    }

private:
    Ns m_last = kNoTime;
    Ns m_latest = kNoTime;
    std::uint64_t m_events = 0;
    std::uint64_t m_back = 0;
};

} // namespace exitscope::reader
