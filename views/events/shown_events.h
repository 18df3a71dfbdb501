// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/events/event_list.h"
#include "model/events/exit_anatomy.h"
#include "model/session/guest_clocks.h"
#include "model/session/view_state.h"

namespace exitscope {

// What events are shown of: the selected range, or else the current exit with the run before it.
struct WantedEvents {
    std::shared_ptr<const Recording> recording;
    std::vector<ClockMap> guests; // by Recording::guests; an empty map: its events are not shown
    std::optional<TimeRange> range; // none: nothing is selected, and no exit is current
    std::optional<ExitRef> exit; // that it is around; none: the range was selected

    bool operator==(const WantedEvents &) const = default;
};
// `guests` may be null.
WantedEvents wantedEvents(
    const std::shared_ptr<const Recording> &recording, const ShownGuests *guests, const ViewValues &values);

// The events that are shown, read from the traces. Immutable.
struct ShownEvents {
    WantedEvents of;
    EventList list;
    std::optional<ExitAnatomy> anatomy; // of an exit
};
// Reads them, in any thread. Of no use once it is cancelled.
ShownEvents readShownEvents(const WantedEvents &wanted, CancelFlag cancel);

using EventRows = std::vector<std::uint32_t>; // places in EventList::events, ordered

// Those whose machine, thread, name or fields hold the text, without regard to case. Means nothing once it is
// cancelled.
EventRows eventsWith(const ShownEvents &events, const QString &text, CancelFlag cancel = nullptr);

// One line of how many there are, and what is left out.
QString countsText(const ShownEvents &events, std::size_t rows, const QString &found);

// As `exitscope-cli events --format csv` writes them.
QString eventsCsv(const ShownEvents &events, const EventRows &rows, CancelFlag cancel = nullptr);

} // namespace exitscope
