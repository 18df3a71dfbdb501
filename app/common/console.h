// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdio>

#include "model/diagnostic.h"

namespace exitscope {

// Opens what of the standard streams is closed, on nothing: else the next file that is opened would be taken for one.
void openStandardStreams();

// One line, whatever a file name holds.
void say(std::FILE *out, const QString &text);
void sayDiagnostics(std::FILE *out, const Diagnostics &diagnostics);

} // namespace exitscope
