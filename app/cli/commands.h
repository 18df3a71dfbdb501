// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>

#include "app/cli/options.h"

namespace exitscope {

// Loads what the options name and does what they say. Results go to `out`, problems to `err`.
ExitStatus run(const Options &options, std::FILE *out, std::FILE *err);

// What a loaded recording gives.
ExitStatus present(const Options &options, const Recording &recording, std::FILE *out, std::FILE *err);

} // namespace exitscope
