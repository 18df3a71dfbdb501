// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "tests/tools/event_streams.h"

// The order in which things happen on a host: manual "Definitions", first paragraph and "Loss".
namespace exitscope::naive {

// In one stream. The times are what other pCPUs see of it: [begin, end).
struct BlindStretch {
    std::int32_t pcpu = kNoPcpu;
    Ns begin = 0;
    Ns end = 0;
    bool ofSwitches = false; // its stream declares sched_switch
};

struct Moment {
    enum class Kind {
        LossSeen, // other pCPUs see a stretch begin: before all events of that time
        LossBegins, // it begins on its own pCPU: after an event there
        LossEnds, // and ends there: before an event
        Event,
    };
    Kind kind = Kind::Event;
    std::size_t stretch = 0; // unless it is an event
    Record event;
    Ns time = 0;
    std::int32_t pcpu = kNoPcpu;
};

struct Course {
    std::vector<BlindStretch> stretches;
    std::vector<Moment> moments;
};
Course courseOf(const testing::EventStreams &streams);

} // namespace exitscope::naive
