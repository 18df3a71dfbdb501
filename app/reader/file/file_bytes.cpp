// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/file_bytes.h"

#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

ReadError failed(const char *what)
{
    return ReadError(std::string("the file cannot be ") + what + ": " + std::strerror(errno));
}

} // namespace

FileBytes::FileBytes(const std::string &path)
    : m_descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) // what is no file must not make it wait
{
    if (m_descriptor < 0)
        throw failed("opened");
    struct stat status = {};
    if (fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(m_descriptor);
        throw ReadError("it is no regular file");
    }
    m_size = static_cast<std::uint64_t>(status.st_size);
}

FileBytes::~FileBytes()
{
    close(m_descriptor);
}

void FileBytes::read(std::uint64_t offset, std::span<std::byte> to) const
{
    if (offset > std::uint64_t(std::numeric_limits<off_t>::max()) - to.size())
        throw ReadError("it names a place that no file can have");
    while (!to.empty()) {
        const ssize_t size = pread(m_descriptor, to.data(), to.size(), static_cast<off_t>(offset));
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            throw failed("read");
        if (size == 0)
            throw ReadError("the file was cut: it ends at " + std::to_string(offset) + " bytes, and goes on there");
        to = to.subspan(static_cast<std::size_t>(size));
        offset += static_cast<std::uint64_t>(size);
    }
}

} // namespace exitscope::reader
