// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>

#include "tests/model/property/naive_timeline.h"

// The first pass of the naive reference: what each thread seemed to do, in the order of the events, and beside it the
// stretches in which it is Unknown after all. naive_timeline.cpp lays the second over the first.
namespace exitscope::naive {

struct OpenEntry {
    Ns time = 0;
    std::int32_t pcpu = kNoPcpu;
    std::optional<Ns> runEnd;
    bool preempted = false; // switched out runnable after the run and before the exit event
};

struct SeenExit {
    Exit exit;
    std::int32_t eventPcpu = kNoPcpu;
    bool userspace = false;
    bool preempted = false;
    bool preemptedEarly = false; // between the end of its run and its event
    bool noNmi = false; // VMX 0 whose intr_info says that it is none
    bool broken = false; // became Unknown while it was open
    std::optional<Ns> next; // the VM entry that ends it
    Ns closed = kEndOfRecording; // its end, or where it became Unknown
};

enum class Rest : std::uint8_t { None, Preempted, Idle, Blocked }; // None: on a pCPU

struct Thread {
    Who who;
    bool known = false;
    bool dead = false;
    bool off = false; // switched out, and nothing made that doubtful since
    bool userspaceIsHalt = false;
    bool lastExitIsHalt = false;
    VcpuState mode = VcpuState::Kvm; // Guest, Kvm or Userspace
    Rest rest = Rest::None;
    std::int32_t pcpu = kNoPcpu;
    std::optional<Ns> lastKvmEvent;
    std::optional<std::uint64_t> lastIoctl;
    std::optional<OpenEntry> entry;
    int openExit = -1; // index into exits

    std::vector<SeenExit> exits;
    std::vector<Ns> entries;
    std::vector<Interval> changes; // `end` unused: what it seemed to be from `begin` on
    std::vector<Stretch> unknown;
};

struct IrqWork {
    Who who;
    std::int32_t pcpu = kNoPcpu;
    Ns begin = 0;
    Ns end = 0;
};

class Machine {
public:
    void add(const Record &record);
    void finish(Ns to);

    std::map<Who, Thread> threads;
    std::vector<IrqWork> irqWork;
    std::array<int, 7> contradictions{};

private:
    struct OpenIrq {
        Who who;
        Ns begin = 0;
        std::array<int, kIrqSources> depth{};
    };

    Thread &thread(Who who);
    Thread *threadOf(const Record &record);
    std::optional<std::int32_t> scheduledOn(const Thread &x) const;
    bool isShownElsewhere(const Thread &x, std::int32_t pcpu) const;
    bool isKvmEvent(const Record &record, Thread &x) const;
    void note(Thread &x, Ns t);
    void know(Thread &x, Ns t, std::int32_t pcpu, VcpuState mode);
    void makeUnknown(Thread &x, Ns from, Ns t);
    void lose(Thread &x, Ns from, Ns t);
    bool contradict(int kind, Thread &x, Ns t);
    void contradictTogether(int kind, std::initializer_list<Thread *> affected, Ns t);
    void endRuns(const Record &record, const Thread *x);
    void endIrq(std::int32_t pcpu, Ns t);
    void checkPcpu(const Record &record, Thread &x);
    void onEntry(const Record &record, Thread &x);
    void onExit(const Record &record, Thread &x);
    void onUserspace(const Record &record, Thread &x);
    void onSwitch(const Record &record);
    void switchOut(Thread &prev, const Record &record);
    void switchIn(Thread &next, Ns t, std::int32_t pcpu);
    void onWakeup(const Record &record);
    void onIrq(const Record &record, const Thread *x);
    void onBlind(const Record &record);

    bool m_switchesSeen = false;
    std::map<std::int32_t, std::int32_t> m_current; // by pCPU: the thread that sched_switch says is there
    std::map<std::int32_t, OpenIrq> m_openIrq; // by pCPU
    std::vector<Ns> m_blindUntil;
    std::set<std::int32_t> m_pcpus;
};

bool isHalt(const Exit &exit);

} // namespace exitscope::naive
