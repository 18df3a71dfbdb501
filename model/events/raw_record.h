// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "model/record/event_catalog.h"
#include "model/record/raw_event.h"

namespace exitscope {

// An event that was read again with all its fields, as what it means.
struct MeantEvent {
    EventClass what;
    Record record; // with the time of the trace's clock, pCPU and thread
    std::string prevComm, nextComm; // of a sched_switch; empty: not told
};

MeantEvent meaningOf(const RawEvent &event);

} // namespace exitscope
