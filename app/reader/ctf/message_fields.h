// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <babeltrace2/babeltrace.h>

#include "app/reader/ctf/event_plan.h"
#include "model/record/raw_event.h"

namespace exitscope::reader {

// Name, contexts and payload of an event, as babeltrace2 prints them, and its pCPU and thread as they tell them. But
// for its time. `plans`: of its stream.
RawEvent rawEventOf(const bt_event *event, EventPlans &plans);

} // namespace exitscope::reader
