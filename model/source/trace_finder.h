// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/cancel_flag.h"
#include "model/diagnostic.h"

namespace exitscope {

struct FoundTraces {
    QStringList dirs; // that hold a `metadata` file, each once, in the order of the paths, then by name
    Diagnostics diagnostics;
};

// All CTF traces at or below the paths; what else was given is told. Once `cancel` is set it returns with what it has.
FoundTraces findTraces(const QStringList &paths, CancelFlag cancel = nullptr);

} // namespace exitscope
