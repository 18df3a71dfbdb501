// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_order.h"

#include <algorithm>
#include <limits>

namespace exitscope::reader {

namespace {

// Two rounds of large ring buffers; of a file without rounds this is how far back a record may belong.
constexpr std::size_t kMostWaiting = 1u << 20;

} // namespace

PerfOrder::Cpu &PerfOrder::of(std::int32_t cpu)
{
    if (!m_current || m_currentNumber != cpu) {
        m_current = &m_cpus[cpu];
        m_current->ordered = &m_ordered[cpu];
        m_currentNumber = cpu;
    }
    return *m_current;
}

void PerfOrder::add(std::int32_t number, std::uint64_t timeNs, std::uint64_t offset, std::uint32_t bytes)
{
    Cpu &cpu = of(number);
    if (cpu.waiting.empty())
        m_busy.push_back(&cpu);
    else if (timeNs < cpu.waiting.back().timeNs)
        cpu.isSorted = false;
    cpu.waiting.push_back({timeNs, offset, bytes});
    cpu.lastNs = timeNs;
    m_youngestNs = std::max(m_youngestNs, timeNs);
    if (++m_waiting >= kMostWaiting)
        releaseHalf();
}

void PerfOrder::round()
{
    release(m_youngestBeforeNs);
    m_youngestBeforeNs = m_youngestNs;
}

void PerfOrder::end()
{
    release(std::numeric_limits<std::uint64_t>::max());
    m_cpus.clear();
    m_current = nullptr;
}

void PerfOrder::release(std::uint64_t untilNs)
{
    for (Cpu *cpu : m_busy)
        release(*cpu, untilNs);
    std::erase_if(m_busy, [](const Cpu *cpu) { return cpu->waiting.empty(); });
}

void PerfOrder::release(Cpu &cpu, std::uint64_t untilNs)
{
    std::vector<Place> &waiting = cpu.waiting;
    if (!cpu.isSorted)
        std::stable_sort(
            waiting.begin(), waiting.end(), [](const Place &a, const Place &b) { return a.timeNs < b.timeNs; });
    cpu.isSorted = true;
    const auto kept = std::upper_bound(waiting.begin(), waiting.end(), untilNs,
        [](std::uint64_t timeNs, const Place &place) { return timeNs < place.timeNs; });
    for (auto place = waiting.begin(); place != kept; ++place)
        cpu.ordered->add(place->offset, place->bytes);
    m_waiting -= static_cast<std::size_t>(kept - waiting.begin());
    waiting.erase(waiting.begin(), kept);
}

void PerfOrder::releaseHalf()
{
    std::vector<std::uint64_t> times;
    times.reserve(m_waiting);
    for (const Cpu *cpu : m_busy)
        for (const Place &place : cpu->waiting)
            times.push_back(place.timeNs);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    release(*middle);
}

} // namespace exitscope::reader
