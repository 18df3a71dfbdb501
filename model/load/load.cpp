// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/load.h"

#include "model/load/loader.h"

namespace exitscope {

Recording loadRecording(const QStringList &paths, const LoadOptions &options, const ProgressCallback &progress,
    const std::atomic<bool> *cancel)
{
    return Loader(options, progress, cancel).load(paths);
}

} // namespace exitscope
