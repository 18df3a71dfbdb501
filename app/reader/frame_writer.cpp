// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/frame_writer.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include <sys/uio.h>
#include <unistd.h>

namespace exitscope::reader {

namespace {

constexpr std::size_t kNamesPerFrame = 1u << 20; // bytes

template <typename T>
std::string_view bytesOf(const T &object)
{
    return {reinterpret_cast<const char *>(&object), sizeof object};
}

void writeAll(std::span<iovec> parts)
{
    while (!parts.empty()) {
        ssize_t written = writev(STDOUT_FILENO, parts.data(), static_cast<int>(parts.size()));
        if (written < 0) {
            if (errno == EINTR)
                continue;
            _exit(errno == EPIPE ? 0 : 1);
        }
        while (!parts.empty() && static_cast<std::size_t>(written) >= parts.front().iov_len) {
            written -= static_cast<ssize_t>(parts.front().iov_len);
            parts = parts.subspan(1);
        }
        if (!parts.empty()) {
            parts.front().iov_base = static_cast<char *>(parts.front().iov_base) + written;
            parts.front().iov_len -= static_cast<std::size_t>(written);
        }
    }
}

iovec part(std::string_view bytes)
{
    return {const_cast<char *>(bytes.data()), bytes.size()}; // writev() does not write there
}

} // namespace

FrameWriter::FrameWriter() : m_lastFrame(Clock::now())
{
    std::signal(SIGPIPE, SIG_IGN); // EPIPE tells it
}

void FrameWriter::frame(wire::FrameKind kind, std::uint16_t stream, std::string_view payload, std::string_view rest)
{
    const std::size_t size = payload.size() + rest.size();
    if (size > wire::kMaxPayload)
        throw std::length_error("a frame would be too large");
    wire::FrameHeader header;
    header.kind = kind;
    header.stream = stream;
    header.payloadBytes = static_cast<std::uint32_t>(size);
    iovec parts[] = {part(bytesOf(header)), part(payload), part(rest), part(bytesOf(wire::kEndMark))};
    writeAll(parts);
    m_lastFrame = Clock::now();
}

void FrameWriter::description(std::uint16_t stream, const std::string &text)
{
    frame(wire::FrameKind::Description, stream, text);
}

void FrameWriter::sameDescription(std::uint16_t stream, std::uint16_t as)
{
    frame(wire::FrameKind::SameDescription, stream, bytesOf(as));
}

void FrameWriter::names(std::uint16_t stream, const std::string &payload)
{
    std::string_view rest = payload;
    while (!rest.empty()) {
        std::size_t size = 0;
        while (size < rest.size() && size < kNamesPerFrame) {
            std::uint32_t length = 0;
            std::memcpy(&length, rest.data() + size + sizeof length, sizeof length);
            size += 2 * sizeof length + length;
        }
        frame(wire::FrameKind::Names, stream, rest.substr(0, size));
        rest.remove_prefix(size);
    }
}

void FrameWriter::records(std::uint16_t stream, std::uint64_t bytesConsumed, std::span<const Record> records)
{
    frame(wire::FrameKind::Records, stream, bytesOf(bytesConsumed),
        {reinterpret_cast<const char *>(records.data()), records.size_bytes()});
}

void FrameWriter::summary(std::uint16_t stream, const wire::Summary &summary)
{
    frame(wire::FrameKind::Summary, stream, bytesOf(summary));
}

void FrameWriter::partial(std::uint16_t stream, const wire::Summary &summary)
{
    frame(wire::FrameKind::Partial, stream, bytesOf(summary));
}

void FrameWriter::failed(std::uint16_t stream, std::string_view cause)
{
    frame(wire::FrameKind::Failed, stream, cause.substr(0, wire::kMaxCause));
}

void FrameWriter::heartbeatIfDue()
{
    if (Clock::now() - m_lastFrame >= std::chrono::milliseconds(wire::kHeartbeatMs))
        frame(wire::FrameKind::Heartbeat, 0, bytesOf(m_steps));
}

} // namespace exitscope::reader
