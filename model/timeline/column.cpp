// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/column.h"

#include <cstdint>

#include <sys/mman.h>

namespace exitscope {

// Whole ones only: around them nothing becomes larger. Where the system has none, pages stay as they are.
void askForLargePages(void *memory, std::size_t bytes)
{
    constexpr std::uintptr_t kLarge = 2 << 20;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t first = (begin + kLarge - 1) / kLarge * kLarge;
    const std::uintptr_t last = (begin + bytes) / kLarge * kLarge;
    if (first < last)
        madvise(reinterpret_cast<void *>(first), last - first, MADV_HUGEPAGE);
}

} // namespace exitscope
