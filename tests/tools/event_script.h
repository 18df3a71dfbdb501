// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/record/record.h"
#include "tests/tools/ctf_layout.h"
#include "tests/tools/event.h"

namespace exitscope::testing {

class CtfTrace;

// A recording as text, one line per event, in the order of manual "Definitions" (time, pCPU, position):
//
//     # a comment; texts with blanks are quoted
//     thread 31 pid=30 name="CPU 0/KVM"          the pid and procname contexts of events with tid=31
//     100 p0 sched_switch prev_tid=31 prev_state=0 next_tid=30
//     145 p0 kvm_exit reason=32 isa=1 rip=0x1 tid=31
//     150 p0 other:rcu_utilization tid=31        any event that only proves the host (or not even that)
//     151 p0 other:syscall_exit_read ret=7 tid=31  … of system calls with id=, ret= or filename=, as they have them
//     152 p0 other:lttng_logger msg="a begin" tid=31  a mark
//     148 p0 kvm_pio value=0x3f8 tid=31          what KVM handles; so kvm_mmio, kvm_msr, kvm_cpuid, … (event.cpp)
//     170 p1/kvm kvm_entry tid=31                p1 has several channels; this one is called kvm
//     packet p0                                  the stream of p0 begins a new packet here
//     lose p0 5                                  the packet that p0 is in discarded 5 events
//     lose_packets p0 2                          2 packets are missing before the one that p0 is in
//
struct ScriptLine {
    enum class Kind { Event, Packet, Lose, LosePackets };
    Kind kind = Kind::Event;
    int number = 0; // in the text, from 1
    Ns timeNs = kNoTime;
    std::int32_t pcpu = kNoPcpu;
    std::string channel; // empty where it was not told
    Event event;
    std::int64_t count = 0;
};

// What the state machine is fed with; ThreadData::name is an index into `names`.
struct ScriptRecords {
    std::vector<Record> records;
    std::vector<std::string> names;
    Ns beginNs = kNoTime; // first and last event
    Ns endNs = kNoTime;
    bool declareSwitches = false;
};

class EventScript {
public:
    // Throws std::invalid_argument "line N: cause".
    explicit EventScript(std::string_view text);
    static EventScript fromFile(const std::string &path);

    const std::vector<ScriptLine> &lines() const { return m_lines; }
    // As sources would tell it.
    ScriptRecords records() const;
    // One stream for each pCPU and channel. Of the fields that not every trace has, those that any event here has are
    // recorded, as far as `allowed` allows.
    void writeTo(CtfTrace &trace, const RecordedFields &allowed = {}) const;

private:
    void parseLine(std::string_view text, int number);
    void parseThread(std::string_view text);

    struct Thread {
        std::int64_t pid = kAbsent;
        std::string name;
    };
    std::map<std::int64_t, Thread> m_threads;
    std::vector<ScriptLine> m_lines;
};

} // namespace exitscope::testing
