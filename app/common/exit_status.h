// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace exitscope {

// Of all programs (manual "Exit status").
// NotWritten: the result has no place to go: a full disk, a file that is there already.
enum class ExitStatus { Success = 0, Usage = 1, NothingReadable = 2, DataLost = 3, NotWritten = 4 };

} // namespace exitscope
