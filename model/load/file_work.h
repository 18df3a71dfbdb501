// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/load/trace_work.h"

namespace exitscope {

// Without those that repeat another byte by byte, which is told.
QStringList withoutCopies(const QStringList &files, Diagnostics &diagnostics, CancelFlag cancel = nullptr);

// A trace of one file (model/source/file_format.h): its streams are what its CPUs recorded, and a reader process reads
// them. What it cannot be read for is told. Once `cancel` is set it returns with what it has.
TraceWork prepareFile(
    const QString &path, const ReaderOptions &options, Diagnostics &diagnostics, CancelFlag cancel = nullptr);

} // namespace exitscope
