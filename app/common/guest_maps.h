// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <utility>
#include <vector>

#include "model/clock/alignment.h"

namespace exitscope {

// The maps that the user gave, by guest. Nothing, and `error` one line, if a path names no guest trace, or several.
std::optional<AlignOptions> userMaps(
    const std::vector<std::pair<QString, ClockLine>> &maps, const Recording &recording, QString &error);

} // namespace exitscope
