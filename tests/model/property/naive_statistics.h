// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/statistics/statistics.h"

// The numbers of a selection row by row; shares nothing with model/ but the types of the data.
namespace exitscope::naive {

// What `statistics` has otherwise than a plain sum over the recording's rows; empty if all is equal.
QStringList differences(const Statistics &statistics, const Recording &recording, const Selection &selection);

} // namespace exitscope::naive
