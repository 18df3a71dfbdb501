// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "model/record/event_fields.h"

// What KVM says of what it handles, and of its halts.
namespace exitscope::reader {

// Each is false for what it does not understand.
bool readTouch(TargetKind kind, std::string_view fields, EventTold &told);
bool readHaltWakeup(std::string_view fields, EventTold &told);
bool readHaltPolling(std::string_view fields, EventTold &told);

} // namespace exitscope::reader
