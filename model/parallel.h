// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace exitscope {

using ParallelWork = std::function<void(std::size_t)>;

// Calls work(0) to work(count - 1), a few at a time, in this thread and others; returns when all have ended. What one
// of them throws is thrown then, and those that have not begun are left out.
void inParallel(std::size_t count, std::size_t mostThreads, const ParallelWork &work);
// One on each core at a time.
void inParallel(std::size_t count, const ParallelWork &work);

} // namespace exitscope
