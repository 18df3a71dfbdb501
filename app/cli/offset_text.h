// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/record/record.h"

namespace exitscope {

// An offset that --from and --to take: "+1.800045631s".
QString offsetText(Ns time, Ns origin);

} // namespace exitscope
