// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/byte_cursor.h"

#include <array>
#include <cstring>
#include <utility>

#include "app/reader/file/raw_number.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr std::size_t kLongestText = 4096; // of names: a longer one is damage

} // namespace

ByteCursor::ByteCursor(const FileBytes &file, std::uint64_t at, bool isBigEndian)
    : m_file(&file), m_at(at), m_size(file.size()), m_isBigEndian(isBigEndian)
{
    if (at > m_size)
        throw ReadError("the file was cut: it goes on behind its end");
}

ByteCursor::ByteCursor(std::string bytes, bool isBigEndian)
    : m_bytes(std::move(bytes)), m_size(m_bytes.size()), m_isBigEndian(isBigEndian)
{
}

void ByteCursor::skip(std::uint64_t bytes)
{
    if (bytes > m_size - m_at)
        throw ReadError("the file was cut, or is damaged: a part of its head ends early");
    m_at += bytes;
}

void ByteCursor::read(std::span<std::byte> to)
{
    const std::uint64_t at = m_at;
    skip(to.size());
    if (m_file)
        m_file->read(at, to);
    else if (!to.empty())
        std::memcpy(to.data(), m_bytes.data() + at, to.size());
}

std::uint64_t ByteCursor::number(std::size_t size)
{
    std::array<std::byte, 8> bytes{};
    read(std::span(bytes).first(size));
    return rawNumber(std::span(bytes).first(size), m_isBigEndian);
}

std::string ByteCursor::bytes(std::uint64_t size)
{
    if (size > kMost || size > m_size - m_at)
        throw ReadError("the file was cut, or is damaged: a part of its head is said to be larger than the rest");
    std::string result(size, '\0');
    read(std::as_writable_bytes(std::span(result)));
    return result;
}

std::string ByteCursor::text()
{
    std::string result;
    std::byte one{};
    while (read({&one, 1}), one != std::byte{}) {
        if (result.size() == kLongestText)
            throw ReadError("the file is damaged: a name in it does not end");
        result += static_cast<char>(one);
    }
    return result;
}

} // namespace exitscope::reader
