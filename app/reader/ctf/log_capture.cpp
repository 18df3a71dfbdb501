// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/log_capture.h"

#include <algorithm>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace exitscope::reader {

namespace {

// A line is: date, time, process, thread, level, module, place in the source, message. The numbers are padded.
constexpr int kLevel = 4;
constexpr int kModule = 5;
constexpr int kWordsBefore = 7;

std::string errorMessage(std::string_view line)
{
    std::string_view module;
    for (int word = 0; word < kWordsBefore; ++word) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        const auto end = line.find(' ');
        const std::string_view text = line.substr(0, end);
        if (end == std::string_view::npos || (word == kLevel && text != "E"))
            return {};
        if (word == kModule)
            module = text;
        line.remove_prefix(end + 1);
    }
    if (const auto end = line.find("] "); line.starts_with('[') && end != line.npos)
        line.remove_prefix(end + 2); // the component's name
    const bool metadata = module.find("CTF/META") != module.npos || module.find("CTF-META") != module.npos;
    return (metadata ? "metadata: " : "") + std::string(line);
}

} // namespace

LogCapture::LogCapture()
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) // a full pipe must not stop the library
        return;
    m_saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    m_pipe = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

LogCapture::~LogCapture()
{
    if (m_pipe >= 0) {
        close(m_pipe);
        if (m_saved >= 0) {
            dup2(m_saved, STDERR_FILENO);
            close(m_saved);
        } else {
            close(STDERR_FILENO);
        }
    }
}

std::string LogCapture::firstError()
{
    std::string log;
    char buffer[4096];
    for (ssize_t size = 0; m_pipe >= 0 && (size = read(m_pipe, buffer, sizeof buffer)) > 0;)
        log.append(buffer, static_cast<std::size_t>(size));
    for (std::string_view rest = log; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string message = errorMessage(rest.substr(0, end));
        if (!message.empty())
            return message;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

} // namespace exitscope::reader
