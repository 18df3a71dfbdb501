// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// `bits` of them, 1 to 64, from bit `at` on. They must be there.
inline std::uint64_t readBits(const std::uint8_t *data, std::uint64_t at, unsigned bits, ByteOrder order)
{
    std::uint64_t value = 0;
    const auto in = static_cast<unsigned>(at % 8);
    if (order == ByteOrder::Little && in + bits <= 8)
        return data[at / 8] >> in & ((1u << bits) - 1);
    if (order == ByteOrder::Little && in + bits == 32) { // LTTng's times
        std::uint32_t word = 0;
        std::memcpy(&word, data + at / 8, sizeof word);
        return word >> in;
    }
    for (unsigned done = 0; done < bits;) {
        const auto from = static_cast<unsigned>((at + done) % 8);
        const unsigned count = bits - done < 8 - from ? bits - done : 8 - from;
        const std::uint64_t byte = data[(at + done) / 8];
        const std::uint64_t mask = (1u << count) - 1;
        if (order == ByteOrder::Little)
            value |= (byte >> from & mask) << done;
        else
            value = value << count | (byte >> (8 - from - count) & mask);
        done += count;
    }
    return value;
}

template <typename T>
std::uint64_t readWhole(const std::uint8_t *data, ByteOrder order)
{
    T value = 0;
    std::memcpy(&value, data, sizeof value);
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    if (order == ByteOrder::Big) {
        if constexpr (sizeof value == 2)
            value = __builtin_bswap16(value);
        else if constexpr (sizeof value == 4)
            value = __builtin_bswap32(value);
        else if constexpr (sizeof value == 8)
            value = __builtin_bswap64(value);
    }
    return value;
}

inline std::uint64_t readUnsigned(const std::uint8_t *data, std::uint64_t at, unsigned bits, ByteOrder order)
{
    if (at % 8 != 0)
        return readBits(data, at, bits, order);
    switch (bits) {
    case 8:
        return data[at / 8];
    case 16:
        return readWhole<std::uint16_t>(data + at / 8, order);
    case 32:
        return readWhole<std::uint32_t>(data + at / 8, order);
    case 64:
        return readWhole<std::uint64_t>(data + at / 8, order);
    default:
        return readBits(data, at, bits, order);
    }
}

inline std::uint64_t signExtended(std::uint64_t value, unsigned bits)
{
    const unsigned above = 64 - bits;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << above) >> above);
}

} // namespace exitscope::ctf
