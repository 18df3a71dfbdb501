// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/frame_buffer.h"

#include <cstring>

namespace exitscope {

void FrameBuffer::append(std::span<const char> bytes)
{
    m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(m_at));
    m_at = 0;
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

std::optional<Frame> FrameBuffer::next()
{
    Frame frame;
    const std::size_t left = m_bytes.size() - m_at;
    // A wrong mark is told at once: garbage may be shorter than a header.
    const std::size_t markBytes = std::min(left, sizeof wire::kFrameMark);
    if (std::memcmp(m_bytes.data() + m_at, &wire::kFrameMark, markBytes) != 0)
        m_error = QStringLiteral("bytes without the mark of a frame");
    if (!m_error.isEmpty() || left < sizeof frame.header)
        return std::nullopt;
    std::memcpy(&frame.header, m_bytes.data() + m_at, sizeof frame.header);
    const std::size_t payloadBytes = frame.header.payloadBytes;
    if (payloadBytes > wire::kMaxPayload) {
        m_error = QStringLiteral("a frame of %1 bytes").arg(payloadBytes);
        return std::nullopt;
    }
    const std::size_t whole = sizeof frame.header + payloadBytes + sizeof wire::kEndMark;
    if (left < whole)
        return std::nullopt;
    frame.payload = {m_bytes.data() + m_at + sizeof frame.header, payloadBytes};
    std::uint32_t endMark = 0;
    std::memcpy(&endMark, frame.payload.data() + payloadBytes, sizeof endMark);
    if (endMark != wire::kEndMark) {
        m_error = QStringLiteral("a frame without its end mark");
        return std::nullopt;
    }
    m_at += whole;
    return frame;
}

} // namespace exitscope
