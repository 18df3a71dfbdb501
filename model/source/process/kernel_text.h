// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/process/reader_answer.h"

namespace exitscope {

// The kallsyms of the kernel that was recorded, which a trace.dat holds; empty if this one holds none.
ReaderAnswer kallsymsIn(const QString &traceDat, const ReaderOptions &options, CancelFlag cancel = nullptr);

} // namespace exitscope
