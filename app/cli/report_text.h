// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "app/cli/guests_output.h"
#include "model/causes/findings.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What an engineer wants to read first.
QString reportText(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings,
    const GuestsOfReport &guests);

} // namespace exitscope
