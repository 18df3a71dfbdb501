// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/guest/guest_trace.h"
#include "model/timeline/timeline.h"

// What each thread of a guest was over time, on its host's clock (manual "States of a guest's thread").
namespace exitscope {

// The first six: it stands on a CPU of its guest, whose vCPU is in the state of the host of that place.
enum class ThreadState : std::uint8_t {
    Running,
    Kvm,
    Userspace,
    Preempted,
    Blocked,
    Halted,
    Waiting, // it could run, and is on no CPU
    Sleeping,
    Gone, // it is no more, or not yet
    Unknown,
};
inline constexpr int kThreadStates = 10;
std::string_view name(ThreadState state); // "In KVM"

using TimePerThreadState = std::array<Ns, kThreadStates>; // ns in each
// Of what the host took from a thread that stood on a CPU: Kvm, Userspace, Preempted and Blocked, as of accounts.
Ns lostIn(const TimePerThreadState &times);

struct ThreadInterval {
    TimeRange range; // on the host's clock
    ThreadState state = ThreadState::Unknown;
    std::int32_t cpu = kNoPcpu; // of the guest, that it stands on
    std::optional<std::uint16_t> reason; // of the exit that is open meanwhile: index into the recording's ReasonTable
    std::uint32_t call = kNoCall; // of one that waits or sleeps, in GuestCalls; kNoCall: none is known

    bool isSame(const ThreadInterval &other) const
    {
        return state == other.state && cpu == other.cpu && reason == other.reason && call == other.call;
    }
};

// A guest on its VM under a map. Immutable; what it is made of must outlive it.
class GuestOnHost {
public:
    // `vcpus`: of each of the guest's cpus; null where none is known. `host`: when the host was recorded.
    GuestOnHost(const GuestTrace &guest, const ClockMap &map, std::vector<const Vcpu *> vcpus, TimeRange host);

    const GuestTrace &guest() const { return *m_guest; }
    const ClockMap &map() const { return *m_map; }
    TimeRange range() const { return m_range; }
    TimeRange known() const { return m_known; } // of the range, when the guest was traced

private:
    friend class ThreadOnHost;
    std::optional<std::size_t> cpuNumbered(std::int32_t number) const; // position in the guest's cpus
    std::uint32_t callAt(std::uint32_t thread, Ns guest) const; // kNoCall: none is known. O(log n)
    // From here on, or until the end, a thread that is on no CPU may be on one where nobody sees it.
    Ns doubtWithin(TimeRange guest) const;

    const GuestTrace *m_guest;
    const ClockMap *m_map;
    std::vector<const Vcpu *> m_vcpus;
    TimeRange m_range;
    TimeRange m_known;
    std::vector<Ns> m_firstEvents; // of each CPU of the guest, on the host's clock
    std::vector<TimeRange> m_lost; // of any CPU, on the guest's clock: ordered, disjoint
    std::vector<std::uint32_t> m_calls; // positions in GuestCalls, ordered by thread, then begin
    std::vector<std::uint32_t> m_firstCall; // by thread, in m_calls; one more behind the last
};

// One thread, best asked about times that follow each other: O(log n) at first, then O(1) near the time before.
class ThreadOnHost {
public:
    ThreadOnHost(const GuestOnHost &guest, std::uint32_t thread);

    bool isKnown() const { return !m_times.empty(); } // else the guest tells nothing of what it did

    // The interval that holds that time of the range: maximal, but where the vCPU went to another pCPU meanwhile.
    ThreadInterval at(Ns t);
    // The part of a maximal interval from `t` to the range's end at most.
    ThreadInterval from(Ns t, Ns end);
    // Whether the guest tells of something new within it, be it of the same state. Cheaper than from().
    bool changesWithin(TimeRange range);
    // Exact: O(rows of GuestStates in the range). They sum to its length, as far as the host was recorded.
    TimePerThreadState within(TimeRange range);
    // So too where it has few rows in the range, else of samples of it: the work is bounded.
    TimePerThreadState roughlyWithin(TimeRange range);
    // When it first stood on a CPU, on the host's clock; none if it never did.
    std::optional<Ns> firstRun() const;

private:
    // What the guest says.
    struct Piece {
        TimeRange host;
        std::optional<GuestThreadState> state; // none: not known
        std::size_t cpu = 0; // of Running, position in the guest's cpus
        Ns guestFrom = 0; // where its row begins
    };
    // Where times on the guest's clock were last looked for, by those of the host between which that holds.
    struct Place {
        std::size_t at = 0;
        Ns from = 0, to = 0; // empty: nowhere yet
        NearbySearch search = {};
    };
    Piece pieceAt(Ns t);
    void cutToSeen(Piece &piece, Ns t);
    void cutToSwitches(Piece &piece, Ns t);
    void addHost(ThreadInterval &interval, const Vcpu &vcpu, Ns t);
    void addReason(ThreadInterval &interval, const Vcpu &vcpu, Ns t);
    // Whether `place` is where the last of these is that is not after that; else all are.
    bool seek(Place &place, std::span<const Ns> guestTimes, Ns host) const;
    TimePerState statesWithin(const Vcpu &vcpu, TimeRange range);
    Ns toHost(Ns guest) const { return m_of.m_map->toHost(guest); }

    const GuestOnHost &m_of;
    std::uint32_t m_thread;
    std::size_t m_first; // its rows of GuestStates
    std::span<const Ns> m_times; // of these, on the guest's clock
    Place m_row, m_switch;
    std::size_t m_switchCpu = 0; // whose m_switch is
    NearbySearch m_state, m_exit;
    std::optional<StateWalk> m_walk;
    const Vcpu *m_walkOf = nullptr;
};

} // namespace exitscope
