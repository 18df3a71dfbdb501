// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "model/record/event_fields.h"

struct tep_event;

namespace exitscope::reader {

// Where the raw bytes of a tracepoint have a value, by the format that the kernel gave of it.
struct TraceSlot {
    enum class Type : std::uint8_t {
        None,
        Unsigned,
        Signed,
        Text, // a char array; without size: up to the end of the event
        TextAt, // 16 bits offset in the event, 16 bits size of the text (__data_loc)
        TextBehind, // the same from behind the slot (__rel_loc)
    };
    Type type = Type::None;
    std::uint32_t offset = 0; // bytes
    std::uint32_t size = 0;

    explicit operator bool() const { return type != Type::None; }
    bool isInteger() const { return type == Type::Unsigned || type == Type::Signed; }
    bool isText() const { return *this && !isInteger(); }
};

// `tid` is the event's common_pid. A process id the kernel tells nowhere: who knows one sets EventTold::pid.
using TracePlan = EventPlan<TraceSlot>;

TracePlan makeTracePlan(const tep_event &event);
// common_type, common_pid, …: the same for all events of a kernel.
TraceSlot commonInteger(const tep_event &event, const char *name);

// Reads what plans ask for.
class RawReading {
public:
    explicit RawReading(bool isBigEndian) : m_isBigEndian(isBigEndian) { }

    // `raw` is the event from its common_type on. Texts lie in it, and end at their first NUL. Throws ReadError where
    // it is shorter than its format says.
    EventTold read(const TracePlan &plan, std::span<const std::byte> raw) const;
    std::int64_t integer(const TraceSlot &slot, std::span<const std::byte> raw) const; // so too

private:
    std::string_view text(const TraceSlot &slot, std::span<const std::byte> raw) const;

    bool m_isBigEndian;
};

} // namespace exitscope::reader
