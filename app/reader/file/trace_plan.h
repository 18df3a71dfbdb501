// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "app/reader/file/trace_format.h"
#include "model/record/event_fields.h"

namespace exitscope::reader {

// `tid` is the event's common_pid. A process id the kernel tells nowhere: who knows one sets EventTold::pid.
using TracePlan = EventPlan<TraceSlot>;

TracePlan makeTracePlan(const TraceFormat &format);
// common_type, common_pid, …: the same for all events of a kernel.
TraceSlot commonInteger(const TraceFormat &format, const char *name);

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
