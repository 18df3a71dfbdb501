// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/trace/wire/record.h"

namespace exitscope {

// Who is where, by sched_switch alone, and which pCPUs are blind (README "Definitions").
class PcpuView {
public:
    // The thread that sched_switch says is current on that pCPU; kNoThread if it does not say.
    std::int32_t current(std::int32_t pcpu) const;
    // sched_switch says that the thread is not on that pCPU: it is on another one, or on none.
    bool isElsewhere(std::int32_t tid, std::int32_t pcpu) const;
    bool isOnAnother(std::int32_t tid, std::int32_t pcpu) const;
    bool hasSwitches() const { return m_hasSwitches; } // sched_switch occurs in the recording

    // The thread is on that pCPU from here on; it leaves the pCPU where it was thought to be.
    void arrive(std::int32_t pcpu, std::int32_t tid);
    // That it was switched out tells no longer where it is.
    void forgetOff(std::int32_t tid);
    // A sched_switch. The thread coming in leaves the pCPU where it was thought to be.
    void switchThreads(std::int32_t pcpu, std::int32_t prev, std::int32_t next);
    // What is known of that pCPU (kNoPcpu: of all) and of threads that are on none is forgotten; blind until then.
    void lose(std::int32_t pcpu, Ns until);
    // Some pCPU other than this one is blind at that time.
    bool isBlindElsewhere(std::int32_t pcpu, Ns t) const;

private:
    void setCurrent(std::int32_t pcpu, std::int32_t tid);

    static constexpr std::int32_t kOffCpu = -2;

    bool m_hasSwitches = false;
    std::unordered_map<std::int32_t, std::int32_t> m_current; // pCPU -> tid
    std::unordered_map<std::int32_t, std::int32_t> m_place; // tid -> pCPU, or kOffCpu
    std::map<std::int32_t, Ns> m_blindUntil; // pCPU (kNoPcpu: not known which) -> end of its blind stretch
};

// Host interrupt work on one pCPU: which of the nested handlers are open, and since when.
class IrqNesting {
public:
    struct Work {
        Ns begin;
        std::int32_t tid;
    };

    void begin(IrqSource source, Ns t, std::int32_t tid);
    // The work that ends with this event, if it was the outermost.
    std::optional<Work> end(IrqSource source);
    // A switch, a VM entry or a loss: whatever is open ends there.
    std::optional<Work> cut();

private:
    std::array<int, kIrqSources> m_open{};
    int m_depth = 0;
    Work m_work{};
};

} // namespace exitscope
