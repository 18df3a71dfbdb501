// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "model/record/record.h"
#include "model/timeline/column.h"
#include "model/timeline/duration_column.h"
#include "model/timeline/exit_columns.h"
#include "model/timeline/time_index.h"
#include "model/timeline/time_range.h"
#include "model/timeline/vcpu_state.h"

// The columns of one vCPU: struct of arrays, plain and trivially copyable, ordered by time.
namespace exitscope {

using TimePerState = std::array<Ns, kVcpuStates>; // ns in each VcpuState

// What a vCPU is and on which pCPU, in 4 bytes.
class StateOnPcpu {
public:
    StateOnPcpu() = default;
    StateOnPcpu(VcpuState state, std::int32_t pcpu) // kNoPcpu, or 0 to kMaxPcpu
        : m_packed(pcpu * kStates + static_cast<std::int32_t>(state))
    {
    }

    VcpuState state() const { return static_cast<VcpuState>(m_packed & (kStates - 1)); }
    std::int32_t pcpu() const { return m_packed >> kStateBits; }
    bool operator==(const StateOnPcpu &) const = default;

private:
    static constexpr int kStateBits = 3;
    static constexpr std::int32_t kStates = 1 << kStateBits;
    static_assert(kVcpuStates <= kStates && kMaxPcpu <= std::numeric_limits<std::int32_t>::max() / kStates);

    std::int32_t m_packed;
};

// The vCPU's states from the first to the last event of its host: contiguous, maximal, none empty.
class StateColumns {
public:
    // Appends [end(), until) in `state`; merges with the interval before where state and pCPU are equal.
    void start(Ns begin);
    void append(Ns until, VcpuState state, std::int32_t pcpu);
    void reserve(std::size_t count); // room for so many intervals in all; after start()

    std::size_t size() const { return m_begin.size(); }
    Ns begin(std::size_t i) const { return m_begin[i]; }
    Ns end(std::size_t i) const { return i + 1 < size() ? m_begin[i + 1] : m_end; }
    VcpuState state(std::size_t i) const { return m_what[i].state(); }
    std::int32_t pcpu(std::size_t i) const { return m_what[i].pcpu(); } // kNoPcpu where the state has none
    std::span<const Ns> begins() const { return m_begin; }

    // Index of the interval that holds `t`; size() if none does. O(log n).
    std::size_t at(Ns t) const;
    // ns in each state within the range, cut at its borders. O(log n).
    TimePerState within(TimeRange range) const;
    TimePerState total() const { return within({m_start, m_end}); }

private:
    friend class StateWalk;
    friend class StateBorders;
    // So few are added up sooner than taken from sums.
    static bool isNear(std::size_t first, std::size_t last);
    void fetch(std::size_t first, std::size_t last) const; // what upTo() reads of these
    // A range inside of [m_start, m_end], and the intervals that hold its ends.
    TimePerState between(TimeRange range, std::size_t first, std::size_t last) const;
    TimePerState upTo(Ns t, std::size_t i) const; // i: the interval that holds t
    TimeRange cut(TimeRange range) const;
    std::size_t lastAtOrBefore(Ns t) const; // not before m_start, and there is one

    Column<Ns> m_begin;
    TimeIndex m_index; // of m_begin
    Column<StateOnPcpu> m_what;
    Column<TimePerState> m_before; // ns in each state before every kSumsEvery-th interval
    Ns m_start = 0;
    Ns m_end = 0;
};

// Looks for times that follow each other: each near the one before.
class NearbySearch {
public:
    // The last index whose begin is at or before t; begins must not be empty nor start after t.
    std::size_t lastAtOrBefore(std::span<const Ns> begins, Ns t)
    {
        if (m_at >= begins.size() || begins[m_at] > t)
            m_at = 0;
        for (int step = 0; step < kFew; ++step, ++m_at)
            if (m_at + 1 == begins.size() || begins[m_at + 1] > t)
                return m_at;
        return searchOn(begins, t);
    }

private:
    static constexpr int kFew = 2; // steps to where the next answer nearly always is

    std::size_t searchOn(std::span<const Ns> begins, Ns t);

    std::size_t m_at = 0; // the last answer
};

// Asks for ranges that follow each other, as pixel columns and exits do: O(1) for each that is near the one before.
class StateWalk {
public:
    explicit StateWalk(const StateColumns &states) : m_states(states) { }

    std::size_t at(Ns t); // as StateColumns::at()
    TimePerState within(TimeRange range); // as StateColumns::within()

private:
    const StateColumns &m_states;
    NearbySearch m_search;
};

// Disjoint stretches of time with the running total of their lengths: interrupt work, Kvm time of halts.
class StretchColumns {
public:
    void append(Ns begin, Ns end); // begin >= the last end; empty stretches are dropped
    void reserve(std::size_t count); // room for so many in all
    std::size_t size() const { return m_begin.size(); }
    Ns begin(std::size_t i) const { return m_begin[i]; }
    Ns end(std::size_t i) const { return after(m_begin[i], m_length[i]); }
    Ns within(TimeRange range) const; // O(log n)
    Ns total() const { return m_total; }

private:
    friend class StretchWalk;
    // From one time to another; each with the last stretch that begins there or before.
    Ns between(TimeRange range, std::size_t first, std::size_t last) const;
    Ns before(std::size_t i) const; // the lengths of those before i
    Ns length(std::size_t i) const { return static_cast<Ns>(m_length[i]); }
    Ns part(std::size_t i, Ns t) const { return std::min(t, end(i)) - m_begin[i]; } // of stretch i, up to t

    Column<Ns> m_begin;
    DurationColumn m_length;
    Column<Ns> m_before; // ns before every kSumsEvery-th stretch
    Ns m_total = 0;
};

// Asks for ranges that follow each other: O(1) for each that is near the one before.
class StretchWalk {
public:
    explicit StretchWalk(const StretchColumns &stretches) : m_stretches(stretches) { }

    Ns within(TimeRange range); // as StretchColumns::within()

private:
    const StretchColumns &m_stretches;
    NearbySearch m_search;
};

} // namespace exitscope
