// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/clock/alignment.h"
#include "model/events/event_list.h"
#include "model/statistics/selection.h"

namespace exitscope {

// Those of the range, or of the whole recording; of guests those that are aligned, or have a map of the user.
EventList listedEvents(const Options &options, const Recording &recording, const Alignments &alignments,
    const Selection &range, CancelFlag cancel);

void writeEvents(Output &output, ReportFormat format, const Recording &recording, const EventList &list);

} // namespace exitscope
