// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "app/cli/options.h"
#include "model/clock/alignment.h"
#include "model/statistics/selection.h"

namespace exitscope {

// Where the result depends on guests: the maps of their clocks, and into the selection what exits interrupted there and
// what the command line selects of that; else none. Nothing, and `error` one line, if it selects what there is not.
std::optional<Alignments> selectGuests(
    const Options &options, const AlignOptions &maps, const Recording &recording, Selection &selection, QString &error);

} // namespace exitscope
