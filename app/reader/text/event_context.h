// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "app/reader/text/event_line.h"

// What stands before the name of an event that was printed.
namespace exitscope::reader {

struct EventTime {
    std::size_t begin = std::string_view::npos; // npos: the line has none
    std::size_t end = std::string_view::npos; // behind its colon
    std::optional<Ns> ns; // none: a count of ticks
    Ns spareNs = 0; // as EventLine has it
    bool isLatency = false; // from the begin of the buffer
};

// The first word that is a time with its colon.
// Of those behind `from`: a name may look like a time.
EventTime findEventTime(std::string_view line, std::size_t from = 0);

// Reads what stands before the time: the thread, the CPU, flags. Only perf prints no CPU, if it is told so. False: it
// is none of this.
bool readEventContext(std::string_view text, EventLine &line);

std::optional<std::int32_t> cpuNumber(std::string_view text);

} // namespace exitscope::reader
