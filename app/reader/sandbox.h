// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace exitscope::reader {

// More memory than this the process cannot have from now on. Throws std::runtime_error if that cannot be done.
void limitMemory(std::uint64_t bytes);

// Takes from the process, for good, what reading these directories and files does not need: other system calls than a
// few, writing and creating files, new code, other processes; and, where the kernel has Landlock, all files but these,
// those in the directories and those that their links name. Libraries are loaded before. Throws std::runtime_error if
// that cannot be done.
void enterSandbox(const std::vector<std::string> &paths, std::size_t streams = 1);

// From now on the process ends with the one that started it; at once, if that one is gone already.
void endWithParent(int parent);

} // namespace exitscope::reader
