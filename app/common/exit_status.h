// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace exitscope {

// Of all programs (manual "Exit status").
enum class ExitStatus { Success = 0, Usage = 1, NothingReadable = 2, DataLost = 3 };

} // namespace exitscope
