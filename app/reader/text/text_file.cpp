// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/text_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exitscope::reader {

TextFile::TextFile(const std::string &path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
{
    struct stat status = {};
    if (m_descriptor < 0 || fstat(m_descriptor, &status) != 0) {
        const std::string cause = std::strerror(errno);
        if (m_descriptor >= 0)
            close(m_descriptor);
        throw ReadError("the file cannot be read: " + cause);
    }
    if (!S_ISREG(status.st_mode)) {
        close(m_descriptor);
        throw ReadError("it is no regular file; copy what it says to one");
    }
    m_size = static_cast<std::uint64_t>(status.st_size);
}

TextFile::~TextFile()
{
    close(m_descriptor);
}

std::size_t TextFile::read(std::uint64_t offset, char *to, std::size_t size) const
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = pread(m_descriptor, to + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw ReadError(std::string("the file cannot be read: ") + std::strerror(errno));
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

// What the buffer holds from m_offset on; at least `wanted` bytes, if the file has them.
std::string_view LineReader::have(std::size_t wanted)
{
    const std::uint64_t end = m_bufferBegin + m_buffer.size();
    if (m_offset < m_bufferBegin || m_offset > end || end - m_offset < wanted) {
        m_buffer.resize(std::max(m_window, wanted));
        m_buffer.resize(m_file.read(m_offset, m_buffer.data(), m_buffer.size()));
        m_bufferBegin = m_offset;
    }
    return std::string_view(m_buffer).substr(m_offset - m_bufferBegin);
}

// Behind the end of the line that `from` lies in.
std::uint64_t LineReader::skipLine(std::uint64_t from)
{
    std::string piece;
    for (;;) {
        piece.resize(kLongestLine);
        piece.resize(m_file.read(from, piece.data(), piece.size()));
        const std::size_t end = piece.find('\n');
        if (end != std::string::npos)
            return from + end + 1;
        if (piece.empty())
            return from;
        from += piece.size();
    }
}

bool LineReader::next(TextLine &line)
{
    std::string_view text = have(1);
    if (text.empty())
        return false;
    std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        text = have(kLongestLine + 1);
        end = text.find('\n');
    }
    line.begin = m_offset;
    line.isTooLong = std::min(end, text.size()) > kLongestLine;
    line.hasEnd = end != std::string_view::npos || line.isTooLong;
    line.text = text.substr(0, std::min(end, kLongestLine));
    if (line.text.ends_with('\r'))
        line.text.remove_suffix(1);
    line.end = end != std::string_view::npos ? m_offset + end + 1
        : line.isTooLong                     ? skipLine(m_offset + text.size())
                                             : m_offset + text.size();
    m_offset = line.end;
    return true;
}

} // namespace exitscope::reader
