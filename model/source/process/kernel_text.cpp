// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/kernel_text.h"

namespace exitscope {

ReaderAnswer kallsymsIn(const QString &traceDat, const ReaderOptions &options, CancelFlag cancel)
{
    constexpr qsizetype kMostOutput = 64 << 20; // the reader tells no more
    return askReader({QStringLiteral("--kallsyms"), traceDat}, options, kMostOutput, cancel);
}

} // namespace exitscope
