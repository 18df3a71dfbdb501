// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/recording.h"

namespace exitscope {

// What was found, what it allows, and what is missing.
QString infoText(const Recording &recording);

} // namespace exitscope
