// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace exitscope::reader {

// Takes from the process, for good, what reading traces does not need: more memory than this, writing and creating
// files, sockets, other processes. Throws std::runtime_error if that cannot be done.
void enterSandbox(std::uint64_t memoryBytes, std::size_t streams);

// Attempts what the sandbox must refuse: "memory", "file" or "socket"; prints what happened.
// The exit status: 0 refused, 1 possible, 77 not limited in this build. Throws std::invalid_argument for anything else.
int tryForbidden(const std::string &what, std::uint64_t memoryBytes);

} // namespace exitscope::reader
