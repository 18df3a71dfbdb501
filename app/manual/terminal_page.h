// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/manual/markdown.h"

namespace exitscope {

// Blocks of the manual as plain text of at most `width` columns; only code and single words may be wider.
// Links to other pages say how to read those.
QString terminalPage(const QList<Block> &blocks, int width);

} // namespace exitscope
