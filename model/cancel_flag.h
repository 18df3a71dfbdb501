// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>

namespace exitscope {

// Set by another thread, or by a signal, once nobody wants the result any more; null: never.
using CancelFlag = const std::atomic<bool> *;

// Between two looks at it: a part of a millisecond.
inline constexpr std::size_t kExitsPerLook = 4096;

inline bool isCancelled(CancelFlag cancel)
{
    return cancel != nullptr && cancel->load(std::memory_order_relaxed);
}

} // namespace exitscope
