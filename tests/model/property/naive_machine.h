// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>

#include "tests/model/property/naive_course.h"
#include "tests/model/property/naive_irq.h"
#include "tests/model/property/naive_switches.h"
#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/naive_vcpu.h"

namespace exitscope::naive {

// A host, moment by moment: who an event is of, what is blind, what contradicts.
class Machine {
public:
    explicit Machine(const testing::EventStreams &streams);
    Result run();

private:
    struct NextSwitch {
        std::size_t moment;
        bool isBlind; // its pCPU is
    };

    // naive_machine.cpp
    void event(const Record &event, std::int32_t pcpu);
    Who whoOf(const Record &event, std::int32_t pcpu) const;
    void revive(std::int32_t tid);
    void proveHost(const Record &event, std::int32_t pcpu, Who who);
    void interruptWork(const Record &event, std::int32_t pcpu, Who who);
    void ioctl(const Record &event, std::int32_t pcpu, Who who);
    void touch(const Record &event, std::int32_t pcpu, Who who);
    void kvmEvent(const Record &event, std::int32_t pcpu, Who who);
    void schedSwitch(const Record &event, std::int32_t pcpu);
    bool showsWrongPcpu(std::int32_t tid, std::int32_t pcpu) const;
    void wrongPcpu(std::int32_t tid, std::int32_t pcpu, Ns time);
    void switchFromOther(std::int32_t tid, std::int32_t pcpu);
    void switchToElsewhere(std::int32_t tid, std::int32_t pcpu, std::size_t shownBy);
    void count(int kind, std::size_t moment) { m_shown.insert({kind, moment}); }

    Who thread(std::int32_t tid) const;
    VcpuTale &tale(Who who);
    VcpuTale *taleOf(std::int32_t tid); // nullptr if nothing came of that thread
    bool doubtUntilNext(std::int32_t tid);

    // naive_loss.cpp
    void lossSeen(const BlindStretch &stretch);
    void lossBegins(const BlindStretch &stretch, Ns time);
    void lossEnds(const BlindStretch &stretch);
    void tellWhoIsThere(std::int32_t pcpu);
    std::optional<NextSwitch> nextSwitch(std::int32_t pcpu) const;
    bool isOn(Who who, const VcpuTale &tale, std::int32_t pcpu) const;
    bool isShownElsewhere(Who who, const VcpuTale &tale, std::int32_t pcpu) const;
    bool isBlind(std::int32_t pcpu) const { return count(m_blind, pcpu) > 0; } // to what is on it
    bool lostSwitches(std::int32_t pcpu) const { return count(m_lostSwitches, pcpu) > 0; }
    bool isAnyBlind(std::int32_t pcpu, Ns time, bool ofSwitches) const; // as seen from that pCPU
    bool makesKnown(Who who, std::int32_t pcpu, Ns time) const;

    static int count(const std::map<std::int32_t, int> &counts, std::int32_t pcpu)
    {
        const auto found = counts.find(pcpu);
        return found == counts.end() ? 0 : found->second;
    }

    const testing::EventStreams &m_streams;
    const bool m_hasSwitches;
    const Course m_course;
    std::set<std::int32_t> m_pcpus;
    bool m_anyLoss = false;
    std::size_t m_now = 0; // index of the moment

    Switches m_switches;
    InterruptWork m_work;
    std::map<std::int32_t, int> m_blind; // open stretches
    std::map<std::int32_t, int> m_lostSwitches; // those of streams that declare sched_switch
    std::map<std::int32_t, int> m_lives; // of threads that died
    std::map<Who, VcpuTale> m_tales;
    std::set<std::pair<int, std::size_t>> m_shown; // kinds of contradictions, and the events that show them
};

} // namespace exitscope::naive
