// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>

#include "model/record/record.h"

namespace exitscope::naive {

// What sched_switch says of who is where; manual "Definitions", end of "Contradictions". A thread is in one place.
class Switches {
public:
    std::optional<std::int32_t> current(std::int32_t pcpu) const;
    bool isElsewhere(std::int32_t tid, std::int32_t pcpu) const; // on another pCPU
    bool isOff(std::int32_t tid) const { return m_off.contains(tid); }
    bool hasSpoken(std::int32_t pcpu) const { return m_spoken.contains(pcpu); } // since a loss there

    void puts(std::int32_t tid, std::int32_t pcpu);
    void willTakeOff(std::int32_t tid, std::int32_t pcpu); // before anything else is known of the pCPU
    void takesOff(std::int32_t tid) { m_off.insert(tid); }
    void turnsUp(std::int32_t tid, std::int32_t pcpu); // by an event of its own
    void forget(std::int32_t pcpu);
    void forgetWhoIsOff() { m_off.clear(); }

private:
    std::map<std::int32_t, std::int32_t> m_current; // pCPU to thread
    std::set<std::int32_t> m_off;
    std::set<std::int32_t> m_spoken;
};

} // namespace exitscope::naive
