// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>
#include <optional>
#include <vector>

#include "model/diagnostic.h"
#include "model/guest/guest_trace.h"
#include "model/record/description.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// Host: holds VM entries or exits. Guest: another trace of a kernel. User: of programs. Other: of neither, by its own
// word.
enum class TraceRole : std::uint8_t { Host, Guest, User, Other };
QString roleName(TraceRole role); // "host", "guest", "user", "other"
constexpr bool isOfKernel(TraceRole role)
{
    return role == TraceRole::Host || role == TraceRole::Guest;
}

// One trace that was found, used or not.
struct TraceInfo {
    QString path;
    TraceRole role = TraceRole::Guest;
    wire::Description description;
    std::int64_t events = 0;
    std::int64_t discardedEvents = 0; // at least, where the tracer did not count all of them
    std::int64_t discardedPackets = 0;
    bool discardedAreCounted = true;
    bool lossesAreKnown = true; // else nobody knows whether events were lost
    std::optional<Ns> beginNs, endNs; // first and last event; none without events
    std::uint32_t richness = 0; // wire::Richness bits of what occurred
    bool used = false; // its events are in the timeline of a host
    Ns shiftNs = 0; // to add to its own times for those of its host, or of its guest; beginNs and endNs have it
};

struct EventPlaces; // model/load

// What was opened: whole, immutable, shared between threads.
struct Recording {
    std::vector<TraceInfo> traces;
    Diagnostics diagnostics;
    ReasonTable reasons;
    std::vector<Timeline> hosts; // usually one
    std::vector<GuestTrace> guests; // of all that is neither a host's nor a user-space trace
    std::shared_ptr<const EventPlaces> places; // where events can be read again (model/events); null: nowhere
};

// First to last event of all hosts; empty without any.
TimeRange boundsOf(const Recording &recording);
// Of the range, the time in which any host was recorded, ns: hosts may have been recorded one after the other.
Ns recordedWithin(const Recording &recording, TimeRange range);

} // namespace exitscope
