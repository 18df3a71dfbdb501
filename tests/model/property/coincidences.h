// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>

#include "tests/model/property/random_loss.h"

namespace exitscope::testing {

// How often losses met with what a reading of them can get wrong, by what that is.
using Coincidences = std::map<QByteArray, qint64>;
void addCoincidences(Coincidences &found, const LossyHost &host);

} // namespace exitscope::testing
