// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "model/record/record.h"

namespace exitscope::testing {

// What a guest does at each of its events: threads that switch, call, fork and end, woken by each other and by
// interrupts, on top of which others come. The same seed does the same.
class GuestWork {
public:
    struct Options {
        std::uint32_t seed = 0;
        std::size_t cpus = 1;
        bool tellsTids = true; // each event says whose it is
        bool dumpsState = true; // the first events tell which are the kernel's threads
    };
    explicit GuestWork(const Options &options);

    // The event that comes next on the CPU; time and CPU are the caller's to fill in. Names of calls are positions in
    // names().
    Record next(std::size_t cpu);

    // Of the CPU now: who it is given to, and in which call that is ("none"), and the innermost of what it does, in the
    // words of manual "Guests".
    std::int32_t tid(std::size_t cpu) const;
    int life(std::size_t cpu) const; // which one of that id
    std::string threadName(std::size_t cpu) const;
    std::string call(std::size_t cpu) const;
    std::string context(std::size_t cpu) const;
    bool isInProgram(std::size_t cpu) const { return context(cpu) == "user"; }

    struct Thread {
        enum class State : std::uint8_t { Running, Waiting, Sleeping, Gone };
        std::int32_t tid = 0;
        std::int32_t pid = 0;
        std::uint32_t name = 0; // in names()
        bool isOfKernel = false;
        State state = State::Sleeping;
        std::int32_t call = -1; // in names(); -1: none
        bool hasForked = false; // in this call
        bool isEnding = false;
        int lives = 1; // that its id had, one after the other
    };
    // All that ever lived, without idle ones.
    const std::vector<Thread> &threads() const { return m_threads; }
    const std::vector<std::string> &names() const { return m_names; }

private:
    struct Cpu {
        std::int32_t thread = -1; // in m_threads; -1: the idle one
        std::vector<IrqData> irqs; // the innermost last
    };

    int below(int limit) { return int(m_random() % std::uint32_t(limit)); }
    bool chance(int percent) { return below(100) < percent; }
    std::uint32_t addName(const std::string &name);
    std::size_t addThread(const std::string &name, bool isOfKernel, std::int32_t pid = 0);
    std::size_t living() const;
    std::int32_t anyThread(Thread::State state); // -1: none

    Record inInterrupt(Cpu &cpu);
    Record inIdle(Cpu &cpu);
    Record inKernelThread(Cpu &cpu);
    Record inProgram(Cpu &cpu);
    Record inCall(Cpu &cpu);
    Record enter(Thread &thread);
    Record leave(Thread &thread);
    Record fork(Thread &parent);
    Record switchTo(Cpu &cpu, std::int64_t prevState, std::int32_t next);
    Record preempt(Cpu &cpu);
    Record interrupt(Cpu &cpu);
    Record softirq(Cpu &cpu);
    Record begin(Cpu &cpu, IrqData irq);
    Record wake();
    Record dump();
    static Record plain() { return {}; }

    Options m_options;
    std::mt19937 m_random;
    std::vector<std::string> m_names;
    std::vector<Thread> m_threads;
    std::vector<Cpu> m_cpus;
    std::size_t m_dumped = 0; // threads
    std::int32_t m_lastTid = 100;
};

} // namespace exitscope::testing
