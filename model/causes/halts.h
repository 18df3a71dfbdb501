// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "model/cancel_flag.h"
#include "model/statistics/selection.h"
#include "model/statistics/statistics.h"
#include "model/vcpu_walk.h"

// How halts went: polled, slept, woken (manual "Halts").
namespace exitscope {

enum class HaltSource : std::uint8_t {
    Events, // kvm_vcpu_wakeup tells each: exact
    States, // of the vCPU: upper bounds
    None, // neither that nor sched_switch was recorded
};
inline constexpr std::array<std::string_view, 3> kHaltSourceNames{"events", "states", "none"};
constexpr std::string_view name(HaltSource source)
{
    return kHaltSourceNames[static_cast<std::size_t>(source)];
}

// What it would have been if KVM had polled so long at every halt.
struct PollingTrial {
    Ns polling = 0; // halt_poll_ns
    std::int64_t caught = 0; // halts that would have ended while KVM polled
    Ns polled = 0; // what that would have cost in all
};
inline constexpr std::array<Ns, 6> kPollingTrials{0, 10'000, 50'000, 200'000, 500'000, 1'000'000};

struct HaltNumbers {
    std::int64_t halts = 0; // exits with a halt
    std::int64_t unknown = 0; // of them those of which no more is known
    // Events: those of kvm_vcpu_wakeup; a halt can have several. States: halts.
    std::int64_t polled = 0; // that ended while KVM polled, or at once
    Ns polledNs = 0;
    std::int64_t slept = 0;
    Ns sleptNs = 0; // without the poll before
    std::optional<std::int64_t> gaveUp = 0; // sleeps with a poll before; by states that is not known
    Ns gaveUpNs = 0; // in these polls; by states with what KVM did beside
    std::int64_t pollingUnknown
        = 0; // sleeps of which it is not known how long KVM polled: not at all, in these numbers
    Distribution wakeToEntry; // of halts: from the wake-up to the VM entry that ends it
    std::array<PollingTrial, kPollingTrials.size()> trials{};
    std::map<std::uint8_t, std::int64_t> wokenBy; // halts by the first vector that was injected; 0: none
};

struct VcpuHalts {
    VcpuAt vcpu;
    HaltSource source = HaltSource::None;
    HaltNumbers numbers;
};

// Of each vCPU of the selection that halts in it, over the halts that it lets through. Points into the recording.
// Incomplete if it was cancelled.
std::vector<VcpuHalts> haltsOf(const Recording &recording, const Selection &selection, CancelFlag cancel = nullptr);

// The most frequent vectors that woke it, as people are told them: "0xec 71.2 %, 0x22 8.1 %"; "–" of none.
QString wokenByText(const HaltNumbers &numbers);

} // namespace exitscope
