// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "model/clock/alignment.h"
#include "model/statistics/selection.h"

namespace exitscope {

// Where the result depends on what exits interrupted in their guests: finds that, and what the command line selects of
// it. False, and `error` one line, if it selects what there is not; `told` gets what there is to say of the clocks.
bool selectGuests(const Options &options, const AlignOptions &maps, const Recording &recording, Selection &selection,
    Diagnostics &told, QString &error);

} // namespace exitscope
