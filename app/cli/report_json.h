// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

#include "app/cli/guests_output.h"
#include "model/causes/findings.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// Schema "exitscope-report/2" of the manual, or without guests its part "exitscope-report/1".
QByteArray reportJson(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings,
    const GuestsOfReport &guests);

} // namespace exitscope
