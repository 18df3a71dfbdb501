// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// Text of a trace or the name of a file as it can be shown: what would steer a terminal, break the line or turn the
// direction of writing is written out ("\x1b", "\u202e"), and so are bytes that are no UTF-8 (see path_bytes.h).
QString visibleText(const QString &text);

} // namespace exitscope
