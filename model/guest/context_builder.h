// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "model/guest/thread_lives.h"

namespace exitscope {

// Follows what each CPU of a guest does through its events: which thread it is given to, in which call that is, and
// which interrupts are open on it. Events come in the order of their time.
class ContextBuilder {
public:
    // One CPU at work. Made by cpu(), which tells the same one again.
    struct Cpu {
        std::int32_t number = kNoPcpu;
        bool isBlind = true; // nothing is known of it but perhaps its thread
        bool areSwitchesBlind = true;
        std::uint32_t thread = kNobody;
        std::vector<IrqData> irqs; // those that are open, the innermost last
        bool areIrqsKnown = false; // else there may be others below them
        bool hasIrqBegun = false; // the innermost one, with the last event
        GuestContexts rows; // their `call` are spells
        std::vector<std::size_t> timerRows; // of these: the softirq may run the timer, if one began unseen
    };
    Cpu &cpu(std::int32_t number);

    // `number` is that of a system call without a name; `callName` its name in `names` then.
    void event(Cpu &cpu, const Record &record);
    void enter(Cpu &cpu, const Record &record, const ThreadLives::Call &call);
    void leave(Cpu &cpu, const Record &record, const ThreadLives::Call &call);
    // From here on the thread has the CPU; kNoThread: it is not known who. Behind a sched_switch, or by what is told of
    // the next one.
    void runs(Cpu &cpu, std::int32_t tid, Ns t);
    // What is told behind the event, which is the CPU's `events`th.
    void noteBehind(Cpu &cpu, std::size_t events, Ns t);

    void blind(std::int32_t number, bool ofSwitches, std::size_t events, Ns t);
    void sighted(Cpu &cpu, bool isBlind, bool areSwitchesBlind);
    // All that is blind now was told to blind(): threads that are on no other CPU are in doubt.
    void lose(Ns t);

    ThreadLives &lives() { return m_lives; }
    void finish(TimeRange range);
    GuestContexts takeContexts(std::int32_t number) { return std::move(cpu(number).rows); }
    GuestStates takeStates();

private:
    void switchThreads(Cpu &cpu, const Record &record);
    void irqEnds(Cpu &cpu, IrqSource source);
    void irqBegins(Cpu &cpu, const IrqData &irq);
    std::uint32_t threadOf(const Cpu &cpu, const Record &record);
    std::uint32_t lifeOf(std::int32_t tid, const Cpu &cpu);
    void state(std::uint32_t thread, GuestThreadState state, std::int32_t cpu, Ns t);
    bool isAnyBlind() const;

    ThreadLives m_lives;
    std::map<std::int32_t, Cpu> m_cpus;
    bool m_tellsSoftirqs = false; // any was told
    GuestStates m_states; // in the order of their times
    std::vector<std::uint32_t> m_stateOf; // by thread: its last row of m_states
};

} // namespace exitscope
