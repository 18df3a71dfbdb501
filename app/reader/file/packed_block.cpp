// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/packed_block.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

bool unpackZlib(std::span<const std::byte> packed, std::span<std::byte> to)
{
    uLongf size = to.size();
    const int result = ::uncompress(
        reinterpret_cast<Bytef *>(to.data()), &size, reinterpret_cast<const Bytef *>(packed.data()), packed.size());
    return result == Z_OK && size == to.size();
}

bool unpackZstd(std::span<const std::byte> packed, std::span<std::byte> to)
{
    const std::size_t size = ZSTD_decompress(to.data(), to.size(), packed.data(), packed.size());
    return ZSTD_isError(size) == 0 && size == to.size();
}

bool copy(std::span<const std::byte> packed, std::span<std::byte> to)
{
    if (packed.size() != to.size())
        return false;
    std::ranges::copy(packed, to.begin());
    return true;
}

} // namespace

std::optional<Packing> packingNamed(std::string_view name)
{
    if (name == "none")
        return Packing::None;
    if (name == "zstd")
        return Packing::Zstd;
    return name == "zlib" ? std::optional(Packing::Zlib) : std::nullopt;
}

void unpack(Packing packing, std::span<const std::byte> packed, std::span<std::byte> to)
{
    const bool isWhole = packing == Packing::Zstd ? unpackZstd(packed, to)
        : packing == Packing::Zlib                ? unpackZlib(packed, to)
                                                  : copy(packed, to);
    if (!isWhole)
        throw ReadError("the file is damaged: a compressed part of it cannot be unpacked");
}

} // namespace exitscope::reader
