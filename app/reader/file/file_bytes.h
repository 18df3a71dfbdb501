// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace exitscope::reader {

// The bytes of a file, at any place of it: one that shrinks meanwhile is an error, as one that was cut before.
class FileBytes {
public:
    explicit FileBytes(const std::string &path); // throws ReadError
    ~FileBytes();
    FileBytes(const FileBytes &) = delete;
    FileBytes &operator=(const FileBytes &) = delete;

    std::uint64_t size() const { return m_size; } // when it was opened
    // Throws ReadError where the file ends before.
    void read(std::uint64_t offset, std::span<std::byte> to) const;

private:
    int m_descriptor;
    std::uint64_t m_size = 0;
};

} // namespace exitscope::reader
