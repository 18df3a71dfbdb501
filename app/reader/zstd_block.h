// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace exitscope::reader {

// Unpacks one block of zstd, which must fill `to`. Throws ReadError.
void unpackZstd(std::span<const std::byte> packed, std::span<std::byte> to);

} // namespace exitscope::reader
