// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/reader/server.h"

namespace exitscope::reader {

struct EventsAsked {
    Ns from = 0; // ns on the stream's own clock
    Ns to = 0;
    std::uint64_t most = 0;
};

// Writes the events to stdout (model/record/event_answer.h). The process's exit status.
int tellEvents(const Server::Input &input, const EventsAsked &asked);

} // namespace exitscope::reader
