// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "model/record/record.h"
#include "model/timeline/column.h"
#include "model/timeline/duration_column.h"
#include "model/timeline/time_range.h"
#include "model/timeline/vcpu_state.h"

namespace exitscope {

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

// ExitRow::userspace: a KVM_EXIT_* as recorded, or one of these.
inline constexpr std::uint8_t kNoUserspaceExit = 0xff; // it did not leave for user space
inline constexpr std::uint8_t kUnknownUserspaceExit = 0xfe; // nothing says why (the exit of KVM_RUN alone)
inline constexpr std::uint8_t kFailedUserspaceExit = 0xfd; // with an error: a signal, mostly
inline constexpr std::uint8_t kOtherUserspaceExit = 0xfc; // a number that is not below this one

// A counted exit.
struct ExitRow {
    Ns time = 0; // where it begins
    Ns event = 0; // its kvm_exit event
    Ns entry = kNoTime; // the VM entry that began the run before it; kNoTime if there is no such run
    Ns end = kNoTime; // the VM entry that ends it; kNoTime if it is not timed
    ExitParts parts = {}; // zero where not timed
    std::uint64_t guestRip = 0;
    std::uint16_t reason = 0; // index into the recording's ReasonTable
    Scenario scenario = Scenario::Host;
    std::int32_t pcpu = kNoPcpu; // where it began
    bool entryFailed = false; // the VM entry before it failed (VMX), so there was no run
    Target target = {}; // what it touched
    std::uint8_t userspace = kNoUserspaceExit; // why it left for user space

    bool operator==(const ExitRow &) const = default;
};

// The counted exits of a vCPU, ordered by time: 69 bytes each. What its other times and its parts are is kept as
// durations, from its time on or back from it.
class ExitColumns {
public:
    void reserve(std::size_t count);
    void append(const ExitRow &row); // none may begin before the one before it

    std::size_t size() const { return m_time.size(); }
    Ns time(std::size_t i) const { return m_time[i]; }
    Ns event(std::size_t i) const { return after(m_time[i], m_toEvent[i]); }
    Ns entry(std::size_t i) const { return hasRun(i) ? before(m_time[i], m_run[i]) : kNoTime; }
    Ns end(std::size_t i) const { return timed(i) ? after(m_time[i], m_toEnd[i]) : kNoTime; }
    ExitParts parts(std::size_t i) const
    {
        const auto part = [&, first = kParts * i](std::size_t k) { return static_cast<Ns>(m_parts[first + k]); };
        return {part(0), part(1), part(2), part(3), part(4), part(5)};
    }
    std::uint64_t guestRip(std::size_t i) const { return m_guestRip[i]; }
    std::uint16_t reason(std::size_t i) const { return m_reason[i]; }
    Scenario scenario(std::size_t i) const { return m_scenario[i]; }
    std::int32_t pcpu(std::size_t i) const { return m_pcpu[i]; }
    Target target(std::size_t i) const { return m_target[i]; }
    PageTouch touch(std::size_t i) const { return m_touch.empty() ? PageTouch::None : m_touch[i]; }
    void setTouches(Column<PageTouch> touches) { m_touch = std::move(touches); } // one for each exit
    std::uint8_t userspace(std::size_t i) const { return m_userspace[i]; }
    ExitRow row(std::size_t i) const;

    std::span<const Ns> times() const { return m_time; }
    std::span<const std::uint16_t> reasons() const { return m_reason; }

    bool timed(std::size_t i) const { return !m_toEnd.isNone(i); }
    bool failedToEnter(std::size_t i) const { return m_entryFailed[i] != 0; }
    bool hasRun(std::size_t i) const { return !m_run.isNone(i); }
    Ns run(std::size_t i) const { return static_cast<Ns>(m_run[i]); } // ns; only where hasRun(i)
    // [first, last) of the exits whose time lies in the range.
    std::pair<std::size_t, std::size_t> within(TimeRange range) const;

private:
    static constexpr std::size_t kParts = 6;

    Column<Ns> m_time;
    DurationColumn m_toEvent; // from the time to the event
    DurationColumn m_run; // from the entry to the time
    DurationColumn m_toEnd; // from the time to the end
    DurationColumn m_parts; // kParts of each exit, in the order of ExitParts
    Column<std::uint64_t> m_guestRip;
    Column<std::uint16_t> m_reason;
    Column<Scenario> m_scenario;
    Column<std::int32_t> m_pcpu;
    Column<std::uint8_t> m_entryFailed;
    Column<Target> m_target;
    Column<PageTouch> m_touch; // empty where no exit is of a page
    Column<std::uint8_t> m_userspace;
};

} // namespace exitscope
