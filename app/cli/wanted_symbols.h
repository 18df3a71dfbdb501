// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "app/cli/options.h"
#include "model/causes/guest_symbols.h"
#include "model/recording.h"

namespace exitscope {

// The symbols that the command line gives, and, where the result depends on symbols, of the other guests those in their
// traces. Nothing, and `error` one line, if what was given cannot be used; else `told` gets what there is to say.
std::optional<GuestSymbols> wantedSymbols(
    const Options &options, const Recording &recording, Diagnostics &told, QString &error);

} // namespace exitscope
