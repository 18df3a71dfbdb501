// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "model/guest/guest_columns.h"
#include "model/timeline/time_range.h"

namespace exitscope {

// Follows the threads of a guest through its events: who lives, and in which system call each is. What a loss leaves in
// doubt is unknown until the thread's next call begins or ends. Events come in the order of their time.
class ThreadLives {
public:
    // Names by which calls are known: positions in GuestTrace::names.
    struct Call {
        std::uint32_t name = kNoName;
        std::uint32_t file = kNoName;
        std::int32_t cpu = kNoPcpu; // where it is entered
        std::int64_t returned = 0;
        bool hasReturned = false;
    };

    std::uint32_t idle(std::int32_t cpu);
    std::uint32_t lifeOf(std::int32_t tid); // who has that id now; not of idle threads
    void tellProcess(std::int32_t tid, std::int32_t pid); // told once, for all lives of the id until it is told anew
    void tellKernelThread(std::int32_t tid) { m_threads.isOfKernel[lifeOf(tid)] = 1; }
    // `parent`: kNobody if not known. `canRunUnseen`: on a CPU that nobody sees, so that it may leave its call there.
    void fork(std::uint32_t parent, std::int32_t child, Ns t, bool canRunUnseen);
    void exits(std::int32_t tid) { m_lives[lifeOf(tid)].isDying = true; }
    bool isDying(std::uint32_t life) const { return m_lives[life].isDying; }
    void end(std::uint32_t life, Ns t);

    void enter(std::uint32_t life, const Call &call, Ns t);
    void leave(std::uint32_t life, const Call &call, Ns t);

    // From here on nothing is known of calls of others than these.
    void loseAllBut(std::span<const std::uint32_t> lives, Ns t);
    void forget(std::uint32_t life, Ns t);

    // A stretch of a thread's life in one call, or in none; which of them may turn out later.
    static constexpr std::uint32_t kUnknownSpell = 0;
    std::uint32_t spellOf(std::uint32_t life)
    {
        follow(life);
        return m_lives[life].spell;
    }
    void finish(TimeRange range); // no event follows
    std::uint32_t callOf(std::uint32_t spell) const { return m_spells[spell]; } // as in GuestContexts
    GuestThreads takeThreads() { return std::move(m_threads); }
    GuestCalls takeCalls() { return std::move(m_calls); }

private:
    struct Life {
        std::uint32_t spell = kUnknownSpell;
        std::uint32_t epoch = 0; // what is known was not in doubt up to its end
        Ns since = kNoTime; // the spell lasts
        bool isDying = false;
    };

    std::uint32_t add(std::int32_t tid, Ns begin);
    void follow(std::uint32_t life);
    void begin(Life &life, std::uint32_t call, Ns t);
    std::uint32_t addCall(std::uint32_t life, const Call &call, Ns begin, std::uint8_t facts);
    void stopCall(const Life &life, Ns t);

    GuestThreads m_threads;
    GuestCalls m_calls;
    std::vector<Life> m_lives; // by position in m_threads
    std::vector<std::uint32_t> m_spells{kUnknownCall}; // the calls; kUnknownCall: not told yet
    std::unordered_map<std::int32_t, std::uint32_t> m_byTid;
    std::unordered_map<std::int32_t, std::int32_t> m_processes; // by tid
    std::unordered_map<std::int32_t, std::uint32_t> m_idle; // by CPU
    std::vector<Ns> m_epochs{kNoTime}; // when each began: with a loss
};

} // namespace exitscope
