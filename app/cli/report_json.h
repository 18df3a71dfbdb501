// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

#include "model/causes/findings.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// Schema "exitscope-report/1" of the manual.
QByteArray reportJson(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings);

} // namespace exitscope
