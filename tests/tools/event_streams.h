// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/record/record.h"

// What tracers write down of one host, before any reading of it: streams of packets of events, with what the trace
// tells of losses. Both readings of manual "Definitions" begin here.
namespace exitscope::testing {

struct EventPacket {
    std::vector<Record> events; // times never go back within a stream; may be empty
    bool eventsLost = false; // the trace tells that events were discarded before this packet was complete
    bool packetsLost = false; // the trace tells that packets before this one were discarded
};

// One channel of one pCPU. A pCPU can have several.
struct EventStream {
    std::int32_t pcpu = 0;
    bool declaresSwitches = true; // sched_switch may occur in it
    std::vector<EventPacket> packets;
    bool restLost = false; // what follows cannot be read; without events: nothing of it can
};

// The streams stand in the order in which events of one time and pCPU count.
struct EventStreams {
    std::vector<EventStream> streams;
    Ns from = 0; // first and last event of the recording
    Ns to = 0;

    bool declareSwitches() const
    {
        for (const EventStream &stream : streams)
            if (stream.declaresSwitches)
                return true;
        return false;
    }
};

} // namespace exitscope::testing
