// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "app/reader/text/exit_reason_names.h"
#include "model/record/event_fields.h"

namespace exitscope::reader {

// What the lines of a text say together, and a single one may not.
struct TextFacts {
    std::uint8_t isa = 0; // by the first reason that has a name; 0: none has
    bool entriesTellRip = false; // so the kernel is 5.10 or newer
};

enum class FieldsRead : std::uint8_t {
    All,
    NotReason, // of a VM exit the name of the reason is none of the table: ExitReason is kUnnamedReason
    None, // a field that the event is nothing without is not there or not understood
};
inline constexpr std::uint64_t kUnnamedReason = ~std::uint64_t{0};

// Fills what recordOf() wants of an event that was printed: as the kernel formats it, as the plug-ins of libtraceevent
// do, or raw ("name=value").
FieldsRead readFields(const EventClass &what, std::string_view fields, const TextFacts &facts, EventTold &told);

} // namespace exitscope::reader
