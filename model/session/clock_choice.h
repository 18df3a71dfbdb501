// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "model/record/record.h"

namespace exitscope {

// Which of the maps that there are of a guest's clock is shown.
enum class MapSource : std::uint8_t {
    Found, // from the traces, with proven bounds
    Estimate, // by timer deadlines, within those bounds
    User, // given on the command line or accepted earlier
};

struct ClockChoice {
    MapSource source = MapSource::Found;
    Ns shift = 0; // by hand: added to all host times
    bool operator==(const ClockChoice &) const = default;
};

} // namespace exitscope
