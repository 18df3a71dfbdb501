// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_cmd/ring_page.h"

#include "app/reader/file/raw_number.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

// As the kernel's include/linux/ring_buffer.h and kernel/trace/ring_buffer.c have them.
constexpr std::size_t kTimeBytes = 8; // of a page's head, before what was committed
constexpr std::uint64_t kCommitMask = 0xfffff; // bytes of events; above it are flags, and what a sign extended
constexpr std::uint64_t kMissed = 1u << 31;
constexpr std::uint64_t kMissedStored = 1u << 30;
constexpr std::uint32_t kTypeBits = 5;
constexpr std::uint32_t kDeltaBits = 27;
constexpr std::uint32_t kPadding = 29;
constexpr std::uint32_t kTimeExtend = 30;
constexpr std::uint32_t kTimeStamp = 31;
constexpr std::uint64_t kOldTimeBits = ~0ull << 59; // of a time stamp, which has only those below
constexpr std::size_t kWord = 4;
constexpr std::uint64_t kMostLost = 1ull << 48; // more is damage

[[noreturn]] void failDamaged()
{
    throw ReadError("a page of the ring buffer is damaged");
}

} // namespace

std::uint64_t RingPage::number(std::size_t at, std::size_t size) const
{
    return rawNumber(m_page.subspan(at, size), m_isBigEndian);
}

std::uint32_t RingPage::word(std::size_t at) const
{
    if (m_end - at < kWord)
        failDamaged();
    return static_cast<std::uint32_t>(number(at, kWord));
}

void RingPage::load(std::span<const std::byte> page)
{
    m_page = page;
    const std::size_t head = kTimeBytes + m_longBytes;
    if (page.size() < head)
        failDamaged();
    m_time = number(0, kTimeBytes);
    const std::uint64_t commit = number(kTimeBytes, m_longBytes);
    const std::size_t bytes = commit & kCommitMask;
    if (bytes > page.size() - head)
        failDamaged();
    m_at = head;
    m_end = head + bytes;
    m_isAfterLoss = (commit & kMissed) != 0;
    m_lost.reset();
    if (m_isAfterLoss && (commit & kMissedStored) != 0 && page.size() - m_end >= m_longBytes)
        if (const std::uint64_t count = number(m_end, m_longBytes); count < kMostLost)
            m_lost = count;
}

bool RingPage::next()
{
    while (m_at < m_end) {
        const std::uint32_t head = word(m_at);
        const std::uint32_t type = m_isBigEndian ? head >> kDeltaBits : head & ((1u << kTypeBits) - 1);
        const std::uint32_t delta = m_isBigEndian ? head & ((1u << kDeltaBits) - 1) : head >> kTypeBits;
        const std::size_t body = m_at + kWord;
        if (type == kTimeExtend || type == kTimeStamp) {
            const std::uint64_t time = (static_cast<std::uint64_t>(word(body)) << kDeltaBits) + delta;
            m_time = type == kTimeExtend ? m_time + time : time | (m_time & kOldTimeBits);
            m_at = body + kWord;
            continue;
        }
        if (type == kPadding && delta == 0)
            break; // up to the end
        m_time += delta;
        if (type == kPadding) { // an event that was taken back
            take(body, word(body));
            continue;
        }
        if (type != 0) {
            take(body, type * kWord);
            return true;
        }
        const std::uint32_t bytes = word(body); // with these
        if (bytes < kWord)
            failDamaged();
        take(body + kWord, bytes - kWord);
        return true;
    }
    return false;
}

void RingPage::take(std::size_t at, std::size_t size)
{
    if (size > m_end - at)
        failDamaged();
    m_event = m_page.subspan(at, size);
    m_at = at + size + (kWord - size % kWord) % kWord;
}

} // namespace exitscope::reader
