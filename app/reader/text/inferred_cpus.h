// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "app/reader/text/event_line.h"

namespace exitscope::reader {

// Which events were on one CPU, where their lines do not say on which (perf script -F without cpu): a sched_switch is
// on the CPU of both of its threads, and "swapper/3" is the idle thread of CPU 3. A thread that no switch tells of has
// a CPU of its own. Lines come in the order of the text.
class InferredCpus {
public:
    // A number below kNoPcpu that only this class knows; kNoPcpu: nobody knows where the event was.
    std::int32_t cpuOf(const EventLine &line);
    bool isEmpty() const { return m_count == 0; }
    // Behind the last line: the number of an idle thread there, if one told it.
    std::optional<std::int32_t> told(std::int32_t cpu) const;

private:
    std::int32_t placeOfRunning(std::int32_t tid);
    std::int32_t placeOfSwitch(const EventLine &line);
    std::int32_t placeOfIdle(std::string_view comm);
    std::int32_t add();

    struct Thread {
        std::int32_t place = kNoPcpu; // kNoPcpu: it does not run
        std::int32_t home = kNoPcpu; // of its own, where it is not known which it runs on
    };
    std::unordered_map<std::int32_t, Thread> m_threads; // by tid
    std::map<std::int32_t, std::int32_t> m_idle; // by the number of the CPU
    std::int32_t m_count = 0;
};

} // namespace exitscope::reader
