// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/cancel_flag.h"
#include "model/statistics/selection.h"
#include "model/timeline/host_columns.h"
#include "model/vcpu_walk.h"

// Who ran where a preempted vCPU waited (manual "Who took the CPU").
namespace exitscope {

enum class TakerKind : std::uint8_t { OwnVcpu, OtherVcpu, OwnThread, OtherThread, Host, Free, Unknown };
inline constexpr int kTakerKinds = 7;

struct TakerKindInfo {
    TakerKind kind;
    std::string_view name; // stable, as is the next
    std::string_view column;
    std::string_view title;
};
inline constexpr std::array<TakerKindInfo, kTakerKinds> kTakerKindTable{{
    {TakerKind::OwnVcpu, "own-vcpu", "own_vcpu_ns", "Own vCPUs"},
    {TakerKind::OtherVcpu, "other-vcpu", "other_vcpu_ns", "Other vCPUs"},
    {TakerKind::OwnThread, "own-thread", "own_thread_ns", "Own threads"},
    {TakerKind::OtherThread, "other-thread", "other_thread_ns", "Other VMs' threads"},
    {TakerKind::Host, "host", "host_ns", "Host"},
    {TakerKind::Free, "free", "free_ns", "pCPU free"},
    {TakerKind::Unknown, "unknown", "unknown_ns", "Unknown"},
}};
constexpr const TakerKindInfo &info(TakerKind kind)
{
    return kTakerKindTable[static_cast<std::size_t>(kind)];
}

struct Taker {
    TakerKind kind = TakerKind::Unknown;
    std::uint32_t thread = kUnknownHostThread; // index into Timeline::threads of the vCPU's host
    Ns ns = 0;
    std::int64_t times = 0; // stretches in which it ran
};

struct VcpuTakers {
    VcpuAt vcpu;
    Ns preempted = 0; // as in the statistics; the takers sum to it
    std::int64_t migrations = 0; // it ran on another pCPU than before
    std::vector<Taker> takers; // the most time first

    std::array<Ns, kTakerKinds> byKind() const;
};

// Of each vCPU of the selection, in its range; other filters touch exits, not states. Exact. Points into the recording.
// Incomplete if it was cancelled.
std::vector<VcpuTakers> takersOf(const Recording &recording, const Selection &selection, CancelFlag cancel = nullptr);

// Nothing where it is not known who ran.
const HostThread *threadOf(const VcpuTakers &vcpu, const Taker &taker);
// As people are told it: "hog (tid 70)", "nobody"; "–" where it is not known.
QString takerText(const HostThread *thread);

// When the thread ran while the vCPU waited there, within the range: the longest first, of equals the earliest, and
// not more than `most`. `thread` as in Taker. Means nothing once it is cancelled.
std::vector<TimeRange> longestTaken(
    const VcpuAt &vcpu, std::uint32_t thread, TimeRange range, std::size_t most, CancelFlag cancel = nullptr);

// What the thread is to a VM of its host.
TakerKind kindOf(const HostThread &thread, std::size_t vm, const Timeline &host);

} // namespace exitscope
