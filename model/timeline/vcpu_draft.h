// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/block_list.h"
#include "model/timeline/columns.h"

// What VcpuTrack keeps of a vCPU until no event can follow: as narrow as it can be, for it is all in memory at once.
namespace exitscope {

// A thread or a pCPU, from a time on.
class NumberSince {
public:
    NumberSince() = default;
    NumberSince(Ns begin, std::int32_t number) : m_begin(std::bit_cast<Halves>(begin)), m_number(number) { }

    Ns begin() const { return std::bit_cast<Ns>(m_begin); }
    std::int32_t number() const { return m_number; }

private:
    using Halves = std::array<std::uint32_t, 2>; // so that it takes 12 bytes, not 16

    Halves m_begin;
    std::int32_t m_number;
};
// Of several at one time the last one counts; what does not change is not kept.
void noteNumber(BlockList<NumberSince> &list, NumberSince since);

// The draft of a state interval: from here on.
class StateChange {
public:
    StateChange() = default;
    StateChange(Ns begin, StateOnPcpu what) : m_begin(std::bit_cast<Halves>(begin)), m_what(what) { }

    Ns begin() const { return std::bit_cast<Ns>(m_begin); }
    StateOnPcpu what() const { return m_what; }
    void setWhat(StateOnPcpu what) { m_what = what; }

private:
    using Halves = std::array<std::uint32_t, 2>; // so that it takes 12 bytes, not 16

    Halves m_begin;
    StateOnPcpu m_what;
};

struct ExitDraft {
    Ns entry; // kNoTime if not known
    Ns runEnd; // kNoTime if not known
    Ns event;
    Ns close; // from here on it is no longer the open exit; kNoTime: to the end of the recording
    std::uint64_t guestRip;
    std::int32_t pcpu; // where its run ended
    std::int32_t eventPcpu;
    std::uint16_t reason;
    bool timed; // a VM entry closed it
    bool qemu;
    bool preempted;
    bool preemptedEarly; // between the end of its run and its event
    bool notNmi; // an interruption info says that it is no NMI
    bool entryFailed;
    std::uint8_t userspace; // as ExitRow::userspace
    Target target; // by its own fields
    Target touch; // by the first event of a kind allowed for it, from its own event on
    Target earlyTouch; // so too, between the end of its run and its event
    bool ofDevice; // a page of a device was touched from its event on
    bool ofDeviceEarly; // and before
};

// The last one can be amended; those before it are kept in 48 bytes each.
class ExitDrafts {
public:
    std::size_t size() const { return m_packed.size() + (m_hasLast ? 1 : 0); }
    bool empty() const { return !m_hasLast; }
    void append(const ExitDraft &exit);
    ExitDraft &last() { return m_last; }
    // Calls `use` with each in order, and is empty then.
    void take(const auto &use)
    {
        auto wide = m_wide.cbegin();
        m_packed.take([&](const Packed &exit) { use(isWide(exit) ? *wide++ : unpacked(exit)); });
        m_wide = {};
        if (std::exchange(m_hasLast, false))
            use(std::as_const(m_last));
    }

private:
    struct Packed {
        Ns event;
        std::uint64_t guestRip;
        std::uint64_t target; // behind it ExitRow::userspace
        std::uint32_t sinceEntry; // ns up to the event, or kNoDuration
        std::uint32_t sinceRunEnd;
        std::uint32_t untilClose; // ns from the event on, or kNoDuration
        std::int32_t pcpu;
        std::int32_t eventPcpu;
        std::uint16_t reason;
        std::uint16_t flags;
    };
    static_assert(sizeof(Packed) == 48);

    static Packed packed(const ExitDraft &exit);
    static ExitDraft unpacked(const Packed &exit);
    static bool isWide(const Packed &exit) { return (exit.flags & kWide) != 0; }
    static constexpr std::uint16_t kWide = 0x8000; // of `flags`

    BlockList<Packed> m_packed;
    std::vector<ExitDraft> m_wide; // those with a time that is too far off or several targets, in their order
    ExitDraft m_last{};
    bool m_hasLast = false;
};

struct InterruptWork {
    Ns begin;
    Ns end;
    std::int32_t pcpu;
};

} // namespace exitscope
