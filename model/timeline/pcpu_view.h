// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/host_occupancy.h"
#include "model/timeline/number_map.h"

namespace exitscope {

// Which pCPUs are blind (manual "Definitions", Loss). Seen from a pCPU itself a stretch lies between two events; seen
// from the others it is half-open in time, so that all records of one time have to be announced before the first.
class Blindness {
public:
    // All records of the time that comes are told to announce(), then each to pass() when its turn has come.
    void announce(const Record &record);
    void pass(const Record &record);

    bool isBlind(std::int32_t pcpu) const { return m_here.any(pcpu); } // seen from there
    bool isBlindSeenElsewhere(std::int32_t pcpu) const { return m_fromElsewhere.any(pcpu); }
    bool isAnyBlind(std::int32_t seenFrom) const;

    // A stream that declares sched_switch is in a stretch.
    bool areSwitchesBlind(std::int32_t pcpu) const { return m_here.anyOfSwitches(pcpu); }
    bool areSwitchesBlindSeenElsewhere(std::int32_t pcpu) const { return m_fromElsewhere.anyOfSwitches(pcpu); }
    bool areAnySwitchesBlind(std::int32_t seenFrom) const;

private:
    using Streams = std::map<std::uint32_t, bool>; // in a stretch -> whether it declares sched_switch
    struct View {
        std::map<std::int32_t, Streams> streams; // by pCPU, those without any left out; kNoPcpu: of all pCPUs
        bool any(std::int32_t pcpu) const;
        bool anyOfSwitches(std::int32_t pcpu) const;
    };
    static void mark(View &view, const Record &record);
    template <typename Holds>
    bool anyPcpu(std::int32_t seenFrom, Holds holds) const;

    View m_here;
    View m_fromElsewhere;
};

// Who is where, by sched_switch alone (manual "Definitions", "What sched_switch says").
class PcpuView {
public:
    // The thread that sched_switch says is current on that pCPU; kNoThread if it does not say.
    std::int32_t current(std::int32_t pcpu) const;
    // sched_switch says that the thread is not on that pCPU: it is on another one, or on none.
    bool isElsewhere(std::int32_t tid, std::int32_t pcpu) const;
    // The pCPU that sched_switch says the thread is on; kNoPcpu if on none, or if it does not say.
    std::int32_t place(std::int32_t tid) const;

    // Whether sched_switch has said anything of that pCPU, since the last forget() of it.
    bool hasSpoken(std::int32_t pcpu) const { return m_spoken.contains(pcpu); }

    // The thread is on that pCPU from t on, as the next sched_switch there will say.
    void settle(std::int32_t pcpu, std::int32_t tid, Ns t);
    // An event of the thread on that pCPU: what sched_switch said of it elsewhere holds no longer.
    bool isNewAt(std::int32_t pcpu, std::int32_t tid) const { return place(tid) != pcpu || m_claimed.contains(tid); }
    void turnUp(std::int32_t pcpu, std::int32_t tid, Ns t);
    // It died: another one may get its number.
    void bury(std::int32_t tid);
    // A sched_switch. `offIsKnown`: what it takes off stays off until a sched_switch says otherwise.
    void switchThreads(std::int32_t pcpu, std::int32_t prev, std::int32_t next, bool offIsKnown, Ns t);
    // What is known of that pCPU (kNoPcpu: of all), and of threads that are on none, is forgotten.
    void forget(std::int32_t pcpu, Ns t);
    void forgetWhoIsOff();

    // Who was current, over all time.
    HostOccupancy &occupancy() { return m_occupancy; }

private:
    void leaveAllBut(std::int32_t pcpu, std::int32_t tid, Ns t);

    static constexpr std::int32_t kOffCpu = -2;

    NumberMap<std::int32_t> m_current; // pCPU -> tid
    HostOccupancy m_occupancy; // what m_current was
    NumberMap<std::int32_t> m_place; // tid -> pCPU, or kOffCpu
    std::set<std::int32_t> m_spoken; // pCPUs
    std::set<std::int32_t> m_claimed; // threads that the first switches of several pCPUs take off
};

// What the streams of a pCPU say of the sched_switch that comes next there.
class NextSwitches {
public:
    void tell(const Record &nextSwitch);
    void passed(std::uint32_t stream, std::int32_t pcpu); // that sched_switch, or a stretch of the stream begins
    bool isNew(std::uint32_t stream) const { return !m_streams.contains(stream); }
    std::vector<std::int32_t> pcpus() const;
    // The thread that the first of them takes off; kNoThread if there is none, or a blind stretch lies before it.
    std::int32_t first(std::int32_t pcpu) const;

private:
    struct Next {
        std::int32_t tid;
        Ns atNs;
    };
    std::map<std::int32_t, std::map<std::uint32_t, Next>> m_byPcpu; // then by stream
    std::set<std::uint32_t> m_streams; // that told anything yet
};

} // namespace exitscope
