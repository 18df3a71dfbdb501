// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace exitscope::reader {

// An unsigned number of 1 to 8 bytes, as the machine wrote it that recorded.
inline std::uint64_t rawNumber(std::span<const std::byte> bytes, bool isBigEndian)
{
    std::uint64_t value = 0;
    if (!isBigEndian && std::endian::native == std::endian::little) {
        std::memcpy(&value, bytes.data(), bytes.size());
        return value;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[isBigEndian ? i : bytes.size() - 1 - i]);
    return value;
}

} // namespace exitscope::reader
