// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/vcpu_state.h"

// The columns of one vCPU: struct of arrays, plain and trivially copyable, ordered by time.
namespace exitscope {

using TimePerState = std::array<Ns, kVcpuStates>; // ns in each VcpuState

struct TimeRange { // half-open [from, to)
    Ns from = 0;
    Ns to = 0;
    Ns length() const { return to - from; }
    bool contains(Ns t) const { return from <= t && t < to; }
    bool operator==(const TimeRange &) const = default;
};

// The vCPU's states from the first to the last event of its host: contiguous, maximal, none empty.
class StateColumns {
public:
    // Appends [end(), until) in `state`; merges with the interval before where state and pCPU are equal.
    void start(Ns begin);
    void append(Ns until, VcpuState state, std::int32_t pcpu);

    std::size_t size() const { return m_begin.size(); }
    Ns begin(std::size_t i) const { return m_begin[i]; }
    Ns end(std::size_t i) const { return i + 1 < size() ? m_begin[i + 1] : m_end; }
    VcpuState state(std::size_t i) const { return m_state[i]; }
    std::int32_t pcpu(std::size_t i) const { return m_pcpu[i]; } // kNoPcpu where the state has none
    std::span<const Ns> begins() const { return m_begin; }

    // Index of the interval that holds `t`; size() if none does. O(log n).
    std::size_t at(Ns t) const;
    // ns in each state within the range, cut at its borders. O(log n).
    TimePerState within(TimeRange range) const;
    TimePerState total() const { return m_before.empty() ? TimePerState{} : upTo(m_end); }

private:
    friend class StateWalk;
    TimePerState upTo(Ns t) const;
    TimePerState upTo(Ns t, std::size_t i) const; // i: the interval that holds t

    std::vector<Ns> m_begin;
    std::vector<VcpuState> m_state;
    std::vector<std::int32_t> m_pcpu;
    std::vector<TimePerState> m_before; // ns in each state before interval i
    Ns m_start = 0;
    Ns m_end = 0;
};

// Looks for times that follow each other: each near the one before.
class NearbySearch {
public:
    // The last index whose begin is at or before t; begins must not be empty nor start after t.
    std::size_t lastAtOrBefore(const std::vector<Ns> &begins, Ns t);

private:
    std::size_t m_at = 0; // the last answer
};

// Asks for ranges that follow each other, as pixel columns and exits do.
class StateWalk {
public:
    explicit StateWalk(const StateColumns &states) : m_states(states) { }

    std::size_t at(Ns t); // as StateColumns::at()
    TimePerState within(TimeRange range); // as StateColumns::within()

private:
    TimePerState upTo(Ns t);

    const StateColumns &m_states;
    NearbySearch m_search;
    Ns m_time = kNoTime; // that m_upTo is up to
    TimePerState m_upTo{};
};

// Disjoint stretches of time with the running total of their lengths: interrupt work, Kvm time of halts.
class StretchColumns {
public:
    void append(Ns begin, Ns end); // begin >= the last end; empty stretches are dropped
    std::size_t size() const { return m_begin.size(); }
    Ns begin(std::size_t i) const { return m_begin[i]; }
    Ns end(std::size_t i) const { return m_end[i]; }
    Ns within(TimeRange range) const; // O(log n)
    Ns total() const { return size() == 0 ? 0 : m_before.back() + m_end.back() - m_begin.back(); }

private:
    friend class StretchWalk;
    Ns upTo(Ns t) const;
    Ns upTo(Ns t, std::size_t i) const; // i: the last stretch that begins at t or before

    std::vector<Ns> m_begin;
    std::vector<Ns> m_end;
    std::vector<Ns> m_before;
};

// Asks for ranges that follow each other.
class StretchWalk {
public:
    explicit StretchWalk(const StretchColumns &stretches) : m_stretches(stretches) { }

    Ns within(TimeRange range); // as StretchColumns::within()

private:
    Ns upTo(Ns t);

    const StretchColumns &m_stretches;
    NearbySearch m_search;
};

// The parts of a timed exit (manual "Definitions"), ns. gross() is their sum.
struct ExitParts {
    Ns kvm = 0;
    Ns userspace = 0;
    Ns preempted = 0;
    Ns idle = 0;
    Ns blocked = 0;
    Ns irq = 0; // a part of kvm and userspace, not of gross

    Ns gross() const { return kvm + userspace + preempted + idle + blocked; }
    Ns net() const { return kvm + userspace + blocked; }
    ExitParts &operator+=(const ExitParts &other);
    ExitParts &operator-=(const ExitParts &other);
    bool operator==(const ExitParts &) const = default;
};

// One row per counted exit, ordered by `time`.
struct ExitColumns {
    std::vector<Ns> time; // where it begins
    std::vector<Ns> event; // its kvm_exit event
    std::vector<Ns> entry; // the VM entry that began the run before it; kNoTime if there is no such run
    std::vector<Ns> end; // the VM entry that ends it; kNoTime if it is not timed
    std::vector<ExitParts> parts; // zero where not timed
    std::vector<std::uint64_t> guestRip;
    std::vector<std::uint16_t> reason; // index into the recording's ReasonTable
    std::vector<Scenario> scenario;
    std::vector<std::int32_t> pcpu; // where it began
    std::vector<std::uint8_t> entryFailed; // 1: the VM entry before it failed (VMX), so there was no run; else 0

    std::size_t size() const { return time.size(); }
    bool timed(std::size_t i) const { return end[i] != kNoTime; }
    bool failedToEnter(std::size_t i) const { return entryFailed[i] != 0; }
    bool hasRun(std::size_t i) const { return entry[i] != kNoTime; }
    Ns run(std::size_t i) const { return time[i] - entry[i]; } // ns; only where hasRun(i)
    // [first, last) of the exits whose `time` lies in the range.
    std::pair<std::size_t, std::size_t> within(TimeRange range) const;
};

} // namespace exitscope
