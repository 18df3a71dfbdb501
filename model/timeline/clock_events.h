// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/number_map.h"

// Events from which the clocks of a host and of its guests can be related; struct of arrays, ordered by time.
namespace exitscope {

struct VmsyncColumns {
    std::vector<Ns> time; // on the clock of the trace
    std::vector<VmsyncData> data;
    std::size_t size() const { return time.size(); }
};

// A host's.
struct HostClockEvents {
    Ns clockOffset = 0; // to add to what is on the kernel's own clock: deadlines
    // Each time that a guest wrote its TSC deadline: the timer that its vCPU's thread started for that.
    std::vector<Ns> deadlineTime; // of the MSR write
    std::vector<std::int32_t> deadlinePcpu;
    std::vector<Ns> deadlineExpires; // on the kernel's own clock
    VmsyncColumns vmsync;
    std::vector<Ns> tscOffsetTime; // each kvm_write_tsc_offset
    std::vector<TscOffsetData> tscOffset;
};

// Takes in a host's records, in their order.
class HostClockCollector {
public:
    void add(const Record &record);
    HostClockEvents take() { return std::move(m_events); }

private:
    HostClockEvents m_events;
    // By pCPU: what the last timer that was started there, since the exit that is being handled, expires at.
    NumberMap<std::int64_t> m_timer;
};

} // namespace exitscope
