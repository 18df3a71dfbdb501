// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/record/record.h"

namespace exitscope::reader {

// What wrote a line, as far as it shows.
enum class TextTool : std::uint8_t { Unknown, Ftrace, TraceCmd, Perf };

// One line of a trace that was printed, taken apart up to the fields of its event. Its texts are parts of the line.
struct EventLine {
    enum class Kind : std::uint8_t {
        Unknown,
        Event,
        Lost, // of `cpu`: events that would stand here
        Head, // with which a tool begins its text
        Beside, // comments, calls of a stack: no event and no fault
        Count, // an event whose time is a count of some clock's ticks
    };
    Kind kind = Kind::Unknown;
    TextTool tool = TextTool::Unknown;
    std::int32_t cpu = kNoPcpu; // kNoPcpu: the line does not say
    std::int32_t tid = kNoThread;
    std::int32_t pid = kNoThread;
    std::string_view comm; // without data: not told
    Ns timeNs = 0;
    Ns spareNs = 0; // how far behind it the event can be by what was printed: 0 of nine decimals; 999 at most
    std::string_view call; // before the name: "sys_enter_", "sys_exit_" where ftrace prints a system call as such
    std::string_view name;
    std::string_view fields; // what the event says of itself
    std::optional<std::uint64_t> lost;
};

// `line` is without its end of line.
EventLine readEventLine(std::string_view line);

} // namespace exitscope::reader
