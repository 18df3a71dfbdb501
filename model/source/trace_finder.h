// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/cancel_flag.h"
#include "model/diagnostic.h"

namespace exitscope {

struct FoundTraces {
    QStringList dirs; // CTF traces: that hold a `metadata` file, each once, in the order of the paths, then by name
    QStringList files; // traces of one file (file_format.h), so too
    Diagnostics diagnostics;

    bool isEmpty() const { return dirs.isEmpty() && files.isEmpty(); }
};

// All traces at or below the paths; what else was given is told. Once `cancel` is set it returns with what it has.
FoundTraces findTraces(const QStringList &paths, CancelFlag cancel = nullptr);

} // namespace exitscope
