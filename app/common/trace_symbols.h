// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>

#include "model/cancel_flag.h"
#include "model/causes/kernel_symbols.h"
#include "model/recording.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

// The trace.dat of a guest, which can hold its kernel's symbols; empty if it has none.
QString traceDatOf(const Recording &recording, const GuestTrace &guest);

// The symbols in a trace.dat. Null if it holds none; `fault` is one line then if what it holds cannot be used, else
// empty.
std::shared_ptr<const KernelSymbols> symbolsIn(
    const QString &traceDat, const ReaderOptions &options, QString &fault, CancelFlag cancel = nullptr);

} // namespace exitscope
