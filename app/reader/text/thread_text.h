// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/record/event_fields.h"

// Events that name threads: names hold anything, also what stands between them.
namespace exitscope::reader {

// "R+", "S", "D|K": the number that the event has. None: no such state.
std::optional<std::int64_t> threadState(std::string_view text);

// Each is false for what it does not understand.
bool readSwitch(std::string_view fields, EventTold &told);
bool readWakeup(std::string_view fields, EventTold &told);
bool readMigration(std::string_view fields, EventTold &told);
bool readThreadExit(std::string_view fields, EventTold &told);
bool readFork(std::string_view fields, EventTold &told);

} // namespace exitscope::reader
