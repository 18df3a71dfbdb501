// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace exitscope::ctf {

// A regular file in memory, for reading. One that becomes shorter meanwhile does not end the program: what is missing
// reads as zeros, and shrank() says so.
class MappedFile {
public:
    // Not more than the first `limit` bytes. Throws CtfError.
    explicit MappedFile(const std::string &path, std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    std::span<const std::uint8_t> bytes() const { return {m_begin, m_size}; }
    // What lies before need not stay in memory; it comes again when it is read again. By one thread at a time.
    void letGo(std::size_t before) const;
    bool shrank() const { return m_shrank.load(std::memory_order_relaxed); }

private:
    void map(int file, const std::string &path);

    const std::uint8_t *m_begin = nullptr;
    std::size_t m_size = 0;
    mutable std::size_t m_letGo = 0; // up to here
    std::atomic<bool> m_shrank = false;
    std::size_t m_slot = 0; // among those that are watched
};

} // namespace exitscope::ctf
