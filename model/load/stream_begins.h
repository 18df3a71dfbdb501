// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "model/load/merge.h"
#include "model/load/sources.h"

namespace exitscope {

// Who is current when the recording begins, or when the gap before a stream ends, is known before all events: a stream
// says it first of all. And a stream that is blind from its begin is so from that of its recording.
// `recordingOf`: by source, any number that is one for each recording. `begin`: of what rests still.
void placeBegins(std::span<const Merge::First> firsts, std::span<const std::size_t> recordingOf,
    std::span<const Gap> gaps, Ns begin = kEndOfRecording);

} // namespace exitscope
