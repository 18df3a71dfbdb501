// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "app/common/recording_options.h"
#include "model/causes/guest_symbols.h"
#include "model/clock/alignment.h"
#include "model/recording.h"

namespace exitscope {

// The symbols that the command line gives, and, where the result depends on symbols (it is by symbol, or only exits in
// some are wanted), of the other guests those in their traces, by the maps that the user gave or that are found.
// Nothing, and `error` one line, if what was given cannot be used; else `diagnostics` gets what there is to say.
std::optional<GuestSymbols> wantedSymbols(const RecordingChoice &choice, bool isBySymbol, const Recording &recording,
    const AlignOptions &maps, Diagnostics &diagnostics, QString &error);

} // namespace exitscope
