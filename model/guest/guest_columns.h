// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <vector>

#include "model/record/record.h"

// What a guest did, as struct of arrays: plain, trivially copyable. All times are on the guest's clock, ns.
namespace exitscope {

// What a CPU of a guest does (manual "Guests").
enum class GuestMode : std::uint8_t {
    Unknown,
    Idle,
    User, // a program's own code
    Kernel, // a kernel thread
    Syscall, // of the thread
    Softirq,
    Interrupt, // a hard one
};

// Positions in GuestThreads and GuestCalls, and what stands for none.
inline constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max(); // it is not known who
inline constexpr std::uint32_t kNoCall = std::numeric_limits<std::uint32_t>::max(); // the thread is in none
inline constexpr std::uint32_t kUnknownCall = kNoCall - 1; // it is not known whether, and in which

// Each life of a thread id, and the idle thread of each CPU, in the order in which they turned up.
struct GuestThreads {
    std::vector<std::int32_t> tid; // 0: an idle thread
    std::vector<std::int32_t> pid; // its process; kNoThread if not known
    std::vector<std::int32_t> cpu; // of an idle thread; else kNoPcpu
    std::vector<std::uint8_t> isOfKernel; // 1: a kernel thread for certain, or an idle thread
    std::vector<Ns> begin; // it was made; kNoTime: before the trace, or that was not seen
    std::vector<Ns> end; // it was no more; kEndOfRecording: that was not seen

    std::size_t size() const { return tid.size(); }
    bool isIdle(std::size_t i) const { return tid[i] == 0; }
};

// Each system call of a thread, in the order in which they were told of.
struct GuestCalls {
    enum Fact : std::uint8_t { Entered = 1u << 0, Left = 1u << 1, HasReturned = 1u << 2 };

    std::vector<std::uint32_t> thread;
    std::vector<std::int32_t> cpu; // where it was entered; kNoPcpu if that was not seen
    std::vector<std::uint32_t> name; // in GuestTrace::names; kNoName: not known
    std::vector<std::uint32_t> file; // that it opens: so too; kNoName: none
    std::vector<Ns> begin; // of what is known of it: its entry, with Entered
    std::vector<Ns> end; // its exit, with Left; else until here it is known to last, or its thread ended
    std::vector<std::int64_t> returned; // with HasReturned
    std::vector<std::uint8_t> facts;

    std::size_t size() const { return thread.size(); }
    bool has(std::size_t i, Fact fact) const { return (facts[i] & fact) != 0; }
};

// Texts that were written into the guest's trace, in the order of their time.
struct GuestMarks {
    std::vector<Ns> time;
    std::vector<std::uint32_t> text; // in GuestTrace::names

    std::size_t size() const { return time.size(); }
};

// What threads wait for, ordered by thread, then time; each holds to the next one of its thread.
enum class GuestThreadState : std::uint8_t { Running, Waiting, Sleeping, Gone };
struct GuestStates {
    std::vector<std::uint32_t> thread;
    std::vector<Ns> time;
    std::vector<GuestThreadState> state;
    std::vector<std::int32_t> cpu; // where it runs; kNoPcpu if it does not

    std::size_t size() const { return thread.size(); }
};

// What one CPU did: each row holds behind so many of its events, up to the next row.
struct GuestContexts {
    enum Level : std::uint8_t { NoInterrupt, NotKnown, Soft, Hard };

    std::vector<std::uint32_t> events; // this row holds from behind the event of that number, counted from 1
    std::vector<Ns> time; // of that event
    std::vector<std::uint32_t> thread; // that the CPU was given to; kNobody if not known
    std::vector<std::uint32_t> call; // of that thread: in GuestCalls, kNoCall or kUnknownCall
    std::vector<Level> level; // the innermost interrupt
    std::vector<IrqSource> source; // of Soft and Hard
    std::vector<std::int32_t> irq; // so too: its number; kNoIrq if not known
    std::vector<std::uint8_t> begins; // 1: it began with that event; 0: it was open before, or there is none

    std::size_t size() const { return events.size(); }
};

// One of them, as it is told.
struct GuestContext {
    std::uint32_t thread = kNobody;
    GuestMode mode = GuestMode::Unknown;
    std::uint32_t call = kUnknownCall; // of the thread, also below an interrupt
    IrqSource source = IrqSource::Handler; // of an interrupt
    std::int32_t irq = kNoIrq; // so too

    bool operator==(const GuestContext &) const = default;
};

} // namespace exitscope
