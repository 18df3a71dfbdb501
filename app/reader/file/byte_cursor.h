// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "app/reader/file/file_bytes.h"

namespace exitscope::reader {

// Reads numbers and texts one after the other, from a file or from bytes. Throws ReadError where these end before.
class ByteCursor {
public:
    ByteCursor(const FileBytes &file, std::uint64_t at, bool isBigEndian);
    ByteCursor(std::string bytes, bool isBigEndian);

    bool isAtEnd() const { return m_at >= m_size; }
    std::uint64_t at() const { return m_at; }
    std::uint64_t size() const { return m_size; } // of all
    void skip(std::uint64_t bytes);

    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    std::string bytes(std::uint64_t size); // of so many, which must not be more than kMost
    std::string text(); // up to the NUL that ends it

    static constexpr std::uint64_t kMost = 64u << 20;

private:
    std::uint64_t number(std::size_t size);
    void read(std::span<std::byte> to);

    const FileBytes *m_file = nullptr; // null: m_bytes
    std::string m_bytes;
    std::uint64_t m_at = 0;
    std::uint64_t m_size;
    bool m_isBigEndian;
};

} // namespace exitscope::reader
