// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/block_list.h"

#include <sys/mman.h>

#include <new>

namespace exitscope {

void *newBlock()
{
    void *const block = mmap(nullptr, kBlockBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        throw std::bad_alloc();
    return block;
}

void FreeBlock::operator()(void *block) const noexcept
{
    munmap(block, kBlockBytes);
}

} // namespace exitscope
