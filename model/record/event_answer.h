// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/record/raw_event.h"

// What exitscope-reader --events writes: events with all of their fields, one behind the other, and at the end why
// there are no more. Both ends run on one machine, so integers are native.
namespace exitscope::wire {

inline constexpr std::uint32_t kMostNameBytes = 4096; // of an event
inline constexpr std::uint32_t kMostFieldBytes = 16u << 20; // so too

struct EventHead {
    std::int64_t timeNs = 0;
    std::int32_t pcpu = kNoPcpu;
    std::int32_t tid = kNoThread;
    std::uint32_t nameBytes = 0; // kIsEnd: nothing follows but the cause
    std::uint32_t fieldBytes = 0; // RawFields::bytes(), or the cause why the rest cannot be read; none: it was read
};
static_assert(sizeof(EventHead) == 24);
inline constexpr std::uint32_t kIsEnd = 0xffffffff;

void appendEvent(std::string &to, const RawEvent &event); // one that is too large loses its fields
void appendEnd(std::string &to, std::string_view cause);

// Takes such an answer apart; whatever it holds, it reads nothing behind its end.
class EventAnswer {
public:
    explicit EventAnswer(std::string_view bytes) : m_rest(bytes) { }

    std::optional<RawEvent> next(); // none at the end
    // Behind the last event: why there are no more; empty if all were told.
    const std::string &fault() const { return m_fault; }

private:
    std::string_view take(std::size_t bytes);
    std::optional<RawEvent> fail();

    std::string_view m_rest;
    std::string m_fault;
    bool m_isOver = false;
};

} // namespace exitscope::wire
