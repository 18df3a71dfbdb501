// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "model/causes/findings.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What an engineer wants to read first.
QString reportText(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings);

} // namespace exitscope
