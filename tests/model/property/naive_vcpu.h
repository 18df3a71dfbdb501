// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "tests/model/property/naive_irq.h"
#include "tests/model/property/naive_timeline.h"

namespace exitscope::naive {

// Which contradictions of one vCPU with itself an event shows.
struct Shown {
    bool entryInEntry = false;
    bool exitWithoutEntry = false;
    bool userspaceInEntry = false;
};

struct KvmEvent {
    Ns time = 0;
    std::int32_t pcpu = kNoPcpu;
    bool makesKnown = true;
    bool atWrongPcpu = false; // shows contradiction 3, so the vCPU is Unknown up to it
};

// One thread, or one pseudo-vCPU, as its events come. Threads that make no entries and exits are told too, for what
// they do before they are vCPUs.
class VcpuTale {
public:
    VcpuTale(Ns from, std::int32_t pcpu);

    bool hadKvmEvent() const { return m_lastKvmEvent.has_value(); }
    bool isVcpu() const { return !m_entries.empty() || !m_exits.empty(); }
    bool isDead() const { return m_dead; }
    bool isOn(std::int32_t pcpu) const { return m_pcpu == pcpu && m_off == Off::No; }
    std::optional<std::int32_t> pcpuOfOwnLastEvent() const { return m_ownPcpu; }
    bool exitOfIoctlIsOfRun() const { return m_lastIoctlIsRun.value_or(true); }

    void proveHost(Ns time, std::int32_t pcpu, bool isOwn);
    void ownEvent(Ns time, std::int32_t pcpu, bool isBlind, bool provesHost);
    Shown entry(const KvmEvent &at);
    Shown exit(const KvmEvent &at, const Record &event);
    Shown userspaceExit(const KvmEvent &at, const UserspaceExitData &data);
    void touch(const TouchData &data); // on a pCPU that is not blind
    void ioctlEntry(bool isRun) { m_lastIoctlIsRun = isRun; }
    void forgetIoctl() { m_lastIoctlIsRun.reset(); }
    void runEntry(const KvmEvent &at);
    Shown runExit(const KvmEvent &at);

    void switchOut(Ns time, std::int64_t prevState);
    void switchIn(Ns time, std::int32_t pcpu);
    void wake(Ns time);
    void die(Ns time);

    void lose(Ns time, bool onBlindPcpu);
    void forgetOwnPlace() { m_ownPcpu.reset(); }
    void otherThreadComes(Ns time) { lose(time, false); } // on the pCPU of a pseudo-vCPU
    void missEvents() { forget(); } // before its first KVM event
    bool doubtUntilNext(); // from its last KVM event to its next; whether it has had any
    void doubtUntil(Ns time); // from its last KVM event

    Vcpu finish(Ns from, Ns to, const std::vector<Work> &work) const;

private:
    enum class Off { No, Runnable, Asleep };
    enum class Memory { None, Forgotten, Halt, Other };
    struct Run {
        Ns entry = 0;
        std::int32_t pcpu = kNoPcpu;
        std::optional<Ns> end;
        std::int32_t endPcpu = kNoPcpu;
        bool preempted = false; // since its end
        std::vector<TouchData> touches; // so too
    };
    struct ExitTale {
        Record event;
        std::int32_t pcpu = kNoPcpu;
        std::optional<Run> run;
        std::optional<Ns> end; // the next entry
        std::optional<Ns> closed; // no entry ends it any more, since then
        bool looked = true; // what comes says more of its scenario
        bool userspace = false;
        bool preempted = false;
        std::optional<int> why = {}; // it went to user space, by its first kvm_userspace_exit
        std::vector<TouchData> touches = {}; // since its event
    };
    struct Change {
        Ns time;
        VcpuState state;
        std::int32_t pcpu;
    };

    bool isUnknown() const { return m_unknownSince.has_value() || m_changes.back().state == VcpuState::Unknown; }
    VcpuState state() const;
    VcpuState asleep() const;
    void note(Ns time);
    void becomeUnknown(Ns since);
    void forget();
    void contradicted(Ns begin, Ns end);
    void kvmEventBegins(const KvmEvent &at);
    void kvmEventEnds(const KvmEvent &at);
    void leave(Memory why, std::optional<int> told);
    void tellTarget(const ExitTale &tale, bool hasRun, Exit &exit) const;
    void closeExit(Ns time);
    void failLastRun();

    std::vector<Interval> intervals(Ns from, Ns to) const;
    Exit told(const ExitTale &tale, const std::vector<Interval> &intervals, const std::vector<Stretch> &irq) const;

    std::optional<std::int32_t> m_pcpu;
    Off m_off = Off::No;
    std::optional<std::int32_t> m_ownPcpu; // where its own last event shows it
    bool m_dead = false;
    bool m_userspace = false;
    Memory m_lastExit = Memory::None;
    Memory m_whyLeft = Memory::None;
    std::optional<bool> m_lastIoctlIsRun;
    std::optional<Run> m_run; // its entry is open
    bool m_entrySinceExit = false;
    std::optional<std::size_t> m_exit; // that is open
    std::optional<Ns> m_lastKvmEvent;
    std::optional<Ns> m_unknownSince; // until its next KVM event

    std::vector<Change> m_changes; // but for what makes Unknown
    std::vector<Stretch> m_unknown;
    std::vector<ExitTale> m_exits;
    std::vector<Ns> m_entries;
};

} // namespace exitscope::naive
