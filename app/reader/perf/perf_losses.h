// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

namespace exitscope::reader {

// How many events each CPU lost. A LOST record stands where they would be, and counts all that did not fit into the
// ring buffer there. Since Linux 6.0 LOST_SAMPLES count them once more, by event, when the recording ends; what went
// after the last record that fitted is only there. So of a CPU the larger sum of both is what it lost.
class PerfLosses {
public:
    void setCpu(std::uint64_t id, std::int32_t cpu) { m_cpus.insert_or_assign(id, cpu); }
    std::int32_t cpuOf(std::uint64_t id) const; // kNoPcpu: not known

    void addLost(std::int32_t cpu, std::uint64_t events) { m_lost[cpu] += events; }
    void addLostSamples(std::uint64_t id, std::uint64_t events) { m_samples[id] += events; }
    // By CPU, what no LOST record tells. kNoPcpu: of events whose CPU nothing tells.
    std::map<std::int32_t, std::uint64_t> untold() const;

private:
    std::unordered_map<std::uint64_t, std::int32_t> m_cpus; // by id
    std::map<std::int32_t, std::uint64_t> m_lost; // by CPU
    std::unordered_map<std::uint64_t, std::uint64_t> m_samples; // by id
};

} // namespace exitscope::reader
