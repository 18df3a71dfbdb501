// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "app/reader/perf/perf_extents.h"

namespace exitscope::reader {

// Puts the records of each CPU into the order of their times, as perf does: it reads the ring buffers in rounds, and
// what is not younger than the round before was is complete with the next. Equal times stay in the order of the file.
class PerfOrder {
public:
    void add(std::int32_t cpu, std::uint64_t timeNs, std::uint64_t offset, std::uint32_t bytes);
    // A record that stays behind the one that was added before it.
    void addBehind(std::int32_t cpu, std::uint64_t offset, std::uint32_t bytes)
    {
        add(cpu, of(cpu).lastNs, offset, bytes);
    }
    void round();
    void end();

    std::map<std::int32_t, PerfExtents> take() { return std::move(m_ordered); } // by CPU, after end()

private:
    struct Place {
        std::uint64_t timeNs;
        std::uint64_t offset;
        std::uint32_t bytes;
    };
    struct Cpu {
        std::vector<Place> waiting;
        bool isSorted = true; // what waits
        std::uint64_t lastNs = 0; // of the one added last
        PerfExtents *ordered = nullptr;
    };
    Cpu &of(std::int32_t cpu);
    void release(std::uint64_t untilNs); // what is not younger
    void release(Cpu &cpu, std::uint64_t untilNs);
    void releaseHalf();

    std::map<std::int32_t, PerfExtents> m_ordered;
    std::map<std::int32_t, Cpu> m_cpus;
    Cpu *m_current = nullptr; // the file has long runs of one
    std::int32_t m_currentNumber = 0;
    std::vector<Cpu *> m_busy; // with something that waits
    std::size_t m_waiting = 0; // in all
    std::uint64_t m_youngestNs = 0;
    std::uint64_t m_youngestBeforeNs = 0; // when the last round ended
};

} // namespace exitscope::reader
