// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace exitscope::reader {

// The events of one page of the kernel's ring buffer, in order.
class RingPage {
public:
    // `longBytes`: of a long of the kernel that wrote it, 4 or 8.
    RingPage(bool isBigEndian, std::uint32_t longBytes) : m_isBigEndian(isBigEndian), m_longBytes(longBytes) { }

    // Throws ReadError if it is none. The page must stay while its events are read.
    void load(std::span<const std::byte> page);
    // Events were lost before the first one of the page; how many, if the kernel said so.
    bool isAfterLoss() const { return m_isAfterLoss; }
    std::optional<std::uint64_t> lost() const { return m_lost; }

    // False behind the last event. Throws ReadError where an event does not fit in its page.
    bool next();
    // Of the event: its time as recorded, and its bytes from its common_type on.
    std::uint64_t time() const { return m_time; }
    std::span<const std::byte> event() const { return m_event; }

private:
    std::uint64_t number(std::size_t at, std::size_t size) const;
    std::uint32_t word(std::size_t at) const;
    void take(std::size_t at, std::size_t size);

    bool m_isBigEndian;
    std::uint32_t m_longBytes;
    std::span<const std::byte> m_page;
    std::size_t m_at = 0; // of the next event
    std::size_t m_end = 0; // of all
    bool m_isAfterLoss = false;
    std::optional<std::uint64_t> m_lost;
    std::uint64_t m_time = 0;
    std::span<const std::byte> m_event;
};

} // namespace exitscope::reader
