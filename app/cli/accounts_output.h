// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/guest_symbols.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// A row for each list of values that exits have for the keys of the options, in their format.
void writeAccounts(Output &output, const Options &options, const Recording &recording, const Selection &selection,
    const GuestSymbols &symbols);

} // namespace exitscope
