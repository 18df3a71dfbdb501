// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/zstd_block.h"

#include <zstd.h>

#include "app/reader/read_error.h"

namespace exitscope::reader {

void unpackZstd(std::span<const std::byte> packed, std::span<std::byte> to)
{
    const std::size_t size = ZSTD_decompress(to.data(), to.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != to.size())
        throw ReadError("the file is damaged: a compressed part of it cannot be unpacked");
}

} // namespace exitscope::reader
