// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace exitscope::reader {

enum class Packing : std::uint8_t { None, Zstd, Zlib };

// As a trace.dat of version 7 names it; nothing if nobody knows how to unpack it.
std::optional<Packing> packingNamed(std::string_view name);

// Unpacks one block, which must fill `to`. Throws ReadError.
void unpack(Packing packing, std::span<const std::byte> packed, std::span<std::byte> to);

} // namespace exitscope::reader
