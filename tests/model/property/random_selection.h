// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/recording.h"
#include "model/statistics/selection.h"
#include "tests/model/property/dice.h"

namespace exitscope::testing {

enum class BandBorders : std::uint8_t {
    Any,
    OfBins, // of durations, as bands have them that are dragged
};

// Of any part of what can be selected; often nothing of one.
Selection randomSelection(const Recording &recording, BandBorders borders, Dice &dice);

} // namespace exitscope::testing
