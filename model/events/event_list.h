// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/clock/clock_map.h"
#include "model/record/raw_event.h"
#include "model/recording.h"

namespace exitscope {

inline constexpr std::size_t kMostListed = 100'000; // events, where nobody says otherwise

struct ListedEvent {
    Ns timeNs = 0; // on the host's clock; event.timeNs is on that of its trace
    std::size_t trace = 0; // in Recording::traces
    RawEvent event;
};

struct EventList {
    std::vector<ListedEvent> events; // by time; of one time those of hosts first, then by pCPU and by stream
    bool areMore = false; // the range holds later ones, which are left out
    Diagnostics diagnostics; // of traces whose events could not be read again, or not all
};

// The first `most` events of the range, of all used traces of hosts and of the guests that have a map, read again from
// the traces, for that range only. Events that were recorded twice are there twice.
// `guests`: by Recording::guests, the map of each to its host; an empty one, or none, leaves the guest out.
// Nothing is shown of a trace that changed since it was loaded. Blocks: call it off the GUI thread. Once `cancel` is
// set it returns soon, with what it has.
EventList readEvents(const Recording &recording, std::span<const ClockMap> guests, TimeRange range,
    std::size_t most = kMostListed, CancelFlag cancel = nullptr);

// Of the guest's clock all that the map can put into the range of the host's.
TimeRange guestTimesOf(const ClockMap &map, TimeRange host);

} // namespace exitscope
