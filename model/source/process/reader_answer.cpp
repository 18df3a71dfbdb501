// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/reader_answer.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "model/source/process/child_process.h"

namespace exitscope {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 50; // so soon a cancel is seen
constexpr qsizetype kMostErrors = 64 << 10;

// What is there to read now; false at the end.
bool readFrom(int fd, QByteArray &output, qsizetype most)
{
    std::array<char, 65536> buffer;
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size > 0 && output.size() < most)
        output.append(buffer.data(), size);
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

// A reader that is asked; ended with this.
class AskedReader {
public:
    ~AskedReader()
    {
        for (const int fd : {m_child.in, m_child.out, m_child.err})
            if (fd >= 0)
                ::close(fd);
        if (m_child.pid > 0)
            waitFor();
    }
    AskedReader() = default;
    AskedReader(const AskedReader &) = delete;
    AskedReader &operator=(const AskedReader &) = delete;

    int start(const QString &program, const QStringList &arguments) { return m_child.start(program, arguments); }
    // True once it wrote all; false if it was cancelled, or took too long.
    bool readAll(std::chrono::milliseconds limit, qsizetype mostOutput, CancelFlag cancel)
    {
        const auto begin = Clock::now();
        std::array<pollfd, 2> fds{pollfd{m_child.out, POLLIN, 0}, pollfd{m_child.err, POLLIN, 0}};
        while (fds[0].fd >= 0 || fds[1].fd >= 0) {
            if (isCancelled(cancel) || Clock::now() - begin > limit)
                return false;
            ::poll(fds.data(), fds.size(), kLookMs);
            if (fds[0].revents != 0 && !readFrom(m_child.out, output, mostOutput))
                fds[0].fd = -1;
            if (fds[1].revents != 0 && !readFrom(m_child.err, errors, kMostErrors))
                fds[1].fd = -1;
        }
        m_isEnded = true;
        return true;
    }
    int waitFor() // its status
    {
        int status = 0;
        if (!m_isEnded)
            ::kill(m_child.pid, SIGKILL);
        while (::waitpid(m_child.pid, &status, 0) < 0 && errno == EINTR) { }
        m_child.pid = 0;
        return status;
    }

    QByteArray output, errors;

private:
    ChildProcess m_child;
    bool m_isEnded = false;
};

// The first line of what it wrote, without its own name.
QString causeIn(const QByteArray &errors)
{
    constexpr qsizetype kLongest = 500;
    const QString cause = QString::fromUtf8(errors).trimmed().section(QLatin1Char('\n'), 0, 0).left(kLongest);
    const QLatin1String own("exitscope-reader: ");
    return cause.startsWith(own) ? cause.mid(own.size()) : cause;
}

} // namespace

ReaderAnswer askReader(
    const QStringList &question, const ReaderOptions &options, qsizetype mostOutput, CancelFlag cancel)
{
    // The whole file may have to be gone through, and a slow disk is no hang.
    constexpr std::chrono::minutes kLimit{10};
    ReaderAnswer answer;
    AskedReader reader;
    const QString program = options.readerProgram.isEmpty() ? readerBesideUs() : options.readerProgram;
    const QStringList arguments = QStringList{QStringLiteral("--memory"), QString::number(options.readerMemoryBytes),
                                      QStringLiteral("--parent"), QString::number(::getpid())}
        + question;
    if (const int error = reader.start(program, arguments); error != 0) {
        answer.fault = QStringLiteral("the reader %1 cannot be started: %2").arg(program, qt_error_string(error));
        answer.isReaderMissing = true;
    } else if (!reader.readAll(kLimit, mostOutput, cancel)) {
        answer.fault = QStringLiteral("the reader does not come to an end");
    } else if (const int status = reader.waitFor(); status != 0) {
        answer.fault = causeIn(reader.errors);
        if (answer.fault.isEmpty())
            answer.fault = describeEnd(status);
    } else {
        answer.output = std::move(reader.output);
    }
    return answer;
}

} // namespace exitscope
