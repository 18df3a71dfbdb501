// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace exitscope::reader {

// What the kernel has of Landlock; 0: nothing.
int landlockVersion();

// From now on the process can open nothing but, for reading, the files, and what lies in the directories and what the
// links in them name; and signals nobody else, where the kernel can see to that. Nothing happens where it has no
// Landlock. Throws std::runtime_error if it has, and refuses.
void confineTo(const std::vector<std::string> &paths);

} // namespace exitscope::reader
