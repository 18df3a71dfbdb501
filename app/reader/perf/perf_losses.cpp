// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_losses.h"

#include <algorithm>

#include "model/record/record.h"

namespace exitscope::reader {

std::int32_t PerfLosses::cpuOf(std::uint64_t id) const
{
    const auto found = m_cpus.find(id);
    return found != m_cpus.end() ? found->second : kNoPcpu;
}

std::map<std::int32_t, std::uint64_t> PerfLosses::untold() const
{
    std::map<std::int32_t, std::uint64_t> untold;
    for (const auto &[id, events] : m_samples)
        untold[cpuOf(id)] += events;
    // What LOST records tell beyond what is known of their CPU can be that of events without one.
    std::uint64_t beyond = 0;
    for (const auto &[cpu, events] : m_lost) {
        std::uint64_t &counted = untold[cpu];
        beyond += events - std::min(events, counted);
        counted -= std::min(events, counted);
    }
    if (const auto unknown = untold.find(kNoPcpu); unknown != untold.end())
        unknown->second -= std::min(unknown->second, beyond);
    std::erase_if(untold, [](const auto &cpu) { return cpu.second == 0; });
    return untold;
}

} // namespace exitscope::reader
