// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/load.h"

#include <exception>

#include "model/diagnostic_codes.h"
#include "model/load/loader.h"

namespace exitscope {

namespace {

Recording nothingBut(Diagnostic diagnostic)
{
    Recording recording;
    recording.diagnostics.push_back(std::move(diagnostic));
    return recording;
}

} // namespace

Recording loadRecording(
    const QStringList &paths, const LoadOptions &options, const ProgressCallback &progress, CancelFlag cancel)
{
    try {
        return Loader(options, progress, cancel).load(paths);
    } catch (const std::exception &error) { // what was taken is free again here
        return nothingBut(diagnosticOf(error, paths.join(QStringLiteral(", "))));
    }
}

} // namespace exitscope
