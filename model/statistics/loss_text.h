// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/recording.h"

namespace exitscope {

// What a trace tells of losses, in words: "no event lost", "at least 7 events LOST", "2 packets LOST",
// "losses unknown". Nowhere is it told otherwise.
QString lossText(const TraceInfo &trace);

} // namespace exitscope
