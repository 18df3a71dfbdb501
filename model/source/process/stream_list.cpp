// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/stream_list.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "model/source/process/child_process.h"

namespace exitscope {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 50; // so soon a cancel is seen
constexpr qsizetype kMostOutput = 4 << 20; // bytes: of 65536 CPUs it is less

// What is there to read now; false at the end.
bool readFrom(int fd, QByteArray &output)
{
    std::array<char, 4096> buffer;
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size > 0 && output.size() < kMostOutput)
        output.append(buffer.data(), size);
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

// A reader that tells its list; ended with this.
class ListingReader {
public:
    ~ListingReader()
    {
        for (const int fd : {m_child.in, m_child.out, m_child.err})
            if (fd >= 0)
                ::close(fd);
        if (m_child.pid > 0)
            waitFor();
    }
    ListingReader() = default;
    ListingReader(const ListingReader &) = delete;
    ListingReader &operator=(const ListingReader &) = delete;

    int start(const QString &program, const QStringList &arguments) { return m_child.start(program, arguments); }
    // True once it wrote all; false if it was cancelled, or took too long.
    bool readAll(std::chrono::milliseconds limit, CancelFlag cancel)
    {
        const auto begin = Clock::now();
        std::array<pollfd, 2> fds{pollfd{m_child.out, POLLIN, 0}, pollfd{m_child.err, POLLIN, 0}};
        while (fds[0].fd >= 0 || fds[1].fd >= 0) {
            if (isCancelled(cancel) || Clock::now() - begin > limit)
                return false;
            ::poll(fds.data(), fds.size(), kLookMs);
            if (fds[0].revents != 0 && !readFrom(m_child.out, output))
                fds[0].fd = -1;
            if (fds[1].revents != 0 && !readFrom(m_child.err, errors))
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

// Its lines are "CPU BYTES", and at most one "note TEXT".
bool parseList(const QByteArray &output, StreamList &list)
{
    const QList<QByteArray> lines = output.split('\n');
    for (const QByteArray &line : lines) {
        if (line.isEmpty())
            continue;
        if (line.startsWith("note ")) {
            list.note = QString::fromUtf8(line.mid(5));
            continue;
        }
        const QList<QByteArray> words = line.split(' ');
        bool isCpu = false, isBytes = false;
        const int cpu = words.value(0).toInt(&isCpu);
        const std::uint64_t bytes = words.value(1).toULongLong(&isBytes);
        if (words.size() != 2 || !isCpu || !isBytes || cpu < -1)
            return false;
        list.streams.push_back({cpu, bytes});
    }
    return true;
}

// The first line of what it wrote, without its own name.
QString causeIn(const QByteArray &errors)
{
    constexpr qsizetype kLongest = 500;
    const QString cause = QString::fromUtf8(errors).trimmed().section(QLatin1Char('\n'), 0, 0).left(kLongest);
    const QLatin1String own("exitscope-reader: ");
    return cause.startsWith(own) ? cause.mid(own.size()) : cause;
}

} // namespace

StreamList listStreams(const QString &path, const ReaderOptions &options, CancelFlag cancel)
{
    // The whole file may have to be gone through, and a slow disk is no hang.
    constexpr std::chrono::minutes kLimit{10};
    StreamList list;
    ListingReader reader;
    const QString program = options.readerProgram.isEmpty() ? readerBesideUs() : options.readerProgram;
    const QStringList arguments{QStringLiteral("--memory"), QString::number(options.readerMemoryBytes),
        QStringLiteral("--parent"), QString::number(::getpid()), QStringLiteral("--list"), path};
    if (const int error = reader.start(program, arguments); error != 0) {
        list.fault = QStringLiteral("the reader %1 cannot be started: %2").arg(program, qt_error_string(error));
        list.isReaderMissing = true;
    } else if (!reader.readAll(kLimit, cancel)) {
        list.fault = QStringLiteral("the reader does not come to an end");
    } else if (const int status = reader.waitFor(); status != 0) {
        list.fault = causeIn(reader.errors);
        if (list.fault.isEmpty())
            list.fault = describeEnd(status);
    } else if (!parseList(reader.output, list)) {
        list.fault = QStringLiteral("the reader tells what is no list of streams");
    }
    return list;
}

} // namespace exitscope
