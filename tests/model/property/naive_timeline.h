// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "model/record/record.h"
#include "model/timeline/vcpu_state.h"
#include "tests/tools/event_streams.h"

// manual "Definitions" once more, as plainly as possible and slowly: what the timeline is tested against.
// Shares nothing with model/ but the types of the data.
namespace exitscope::naive {

struct Stretch { // [begin, end)
    Ns begin = 0;
    Ns end = 0;
    bool operator==(const Stretch &) const = default;
};

struct Interval : Stretch {
    VcpuState state = VcpuState::Unknown;
    std::int32_t pcpu = kNoPcpu;
    bool operator==(const Interval &) const = default;
};

struct Exit {
    std::uint32_t isa = 0;
    std::int64_t code = 0;
    std::uint64_t guestRip = 0;
    Ns event = 0;
    Ns time = 0;
    std::optional<Ns> entry; // of the run before it
    std::optional<Ns> end; // only if it is timed
    std::int32_t pcpu = kNoPcpu;
    Scenario scenario = Scenario::Host;
    std::array<Ns, kVcpuStates> parts{}; // time in each state, zero where not timed
    Ns irq = 0; // zero where not timed
    bool entryFailed = false;
    Target target{};
    bool targetsDiffer = false; // its fields and its events tell two
    bool ofDevice = false; // its target is a page, and a device's was touched
    int userspace = 0xff; // as ExitRow::userspace
};

// Who makes entries and exits: a thread, or a physical CPU whose thread is not known.
struct Who {
    std::int32_t tid = kNoThread;
    std::int32_t pcpu = kNoPcpu; // only of a pseudo-vCPU
    int life = 0; // how many threads of this tid died before it
    auto operator<=>(const Who &) const = default;
};

struct Vcpu {
    std::vector<Interval> intervals;
    std::vector<Exit> exits;
    std::vector<Ns> entries;
    std::vector<Stretch> irq;
    std::vector<Stretch> haltKvm;
};

struct Result {
    std::map<Who, Vcpu> vcpus;
    std::array<int, 7> contradictions{}; // by their numbers 1 to 6
};

// Merges stretches that overlap or touch; drops empty ones.
std::vector<Stretch> united(std::vector<Stretch> stretches);

Result timelineOf(const testing::EventStreams &streams);

} // namespace exitscope::naive
