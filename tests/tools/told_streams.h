// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/tools/event_streams.h"

namespace exitscope::testing {

// What sources tell of the streams, merged, as TimelineBuilder wants it. `threadInfos` are ordered by time and come
// before the events of theirs.
std::vector<Record> toldRecords(const EventStreams &streams, const std::vector<Record> &threadInfos = {});

} // namespace exitscope::testing
