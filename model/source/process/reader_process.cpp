// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/reader_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>

#include "model/source/process/child_process.h"

namespace exitscope {

namespace {

constexpr std::size_t kReadAtOnce = 64 << 10;
constexpr std::size_t kReadPerTurn = 1 << 20; // a babbling reader must not keep us
constexpr std::size_t kErrorTextBytes = 400;
constexpr std::uint64_t kMostSteps = 1ull << 40; // of one stream whose size nobody knows, or that is larger
constexpr std::size_t kPipeBytes = 256 << 10; // for a stream: holds some frames, so that a reader can work ahead
constexpr std::size_t kMostPipeBytes = 1 << 20; // that Linux allows everybody

} // namespace

ReaderProcess::ReaderProcess(std::vector<StreamChannel *> channels)
    : m_channels(std::move(channels)), m_descriptions(m_channels.size())
{
    for (std::size_t i = 0; i < m_channels.size(); ++i) {
        m_channels[i]->m_reader = this;
        m_channels[i]->m_index = static_cast<std::uint16_t>(i);
    }
}

ReaderProcess::~ReaderProcess()
{
    for (StreamChannel *channel : m_channels) {
        if (channel->m_reader != this)
            continue;
        channel->leaveReader();
        if (!channel->isOver())
            channel->m_state = StreamChannel::State::Closed;
    }
    if (m_pid > 0)
        reap();
    closeAll();
}

void ReaderProcess::start(const QString &program, const QStringList &arguments)
{
    ChildProcess child;
    if (const int error = child.start(program, arguments); error != 0) {
        fail(Code::ReaderMissing,
            QStringLiteral("the reader %1 cannot be started: %2").arg(program, qt_error_string(error)));
        return;
    }
    for (StreamChannel *channel : m_channels)
        channel->m_state = StreamChannel::State::Opening;
    m_pid = child.pid;
    m_in = child.in;
    m_out = child.out;
    m_err = child.err;
    const std::size_t pipeBytes = std::min(kPipeBytes * m_channels.size(), kMostPipeBytes);
    ::fcntl(m_out, F_SETPIPE_SZ, static_cast<int>(pipeBytes)); // where it is not allowed, the pipe keeps its size
}

void ReaderProcess::send(wire::CommandKind kind, std::uint16_t stream, std::uint32_t value)
{
    if (!isRunning())
        return;
    const wire::Command command{kind, stream, value};
    m_commands.append(reinterpret_cast<const char *>(&command), sizeof command);
    writeCommands();
}

void ReaderProcess::writeCommands()
{
    while (!m_commands.empty() && m_in >= 0) {
        const ssize_t written = ::send(m_in, m_commands.data(), m_commands.size(), MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // full: later; broken: reading will tell
        m_commands.erase(0, static_cast<std::size_t>(written));
    }
}

bool ReaderProcess::isExpected() const
{
    return isRunning()
        && std::any_of(
            m_channels.begin(), m_channels.end(),
            [this](const StreamChannel *channel) { return channel->m_reader == this && channel->isExpected(); });
}

bool ReaderProcess::isDone() const
{
    return !m_failure
        && std::all_of(
            m_channels.begin(), m_channels.end(),
            [this](const StreamChannel *channel) {
                return channel->m_reader != this || (channel->isOver() && !channel->isKept());
            });
}

bool ReaderProcess::isKept() const
{
    return isIdle()
        && std::ranges::any_of(
            m_channels,
            [this](const StreamChannel *channel) { return channel->m_reader == this && channel->isKept(); });
}

bool ReaderProcess::isIdle() const
{
    return std::none_of(
        m_channels.begin(), m_channels.end(),
        [this](const StreamChannel *channel) { return channel->m_reader == this && channel->isBusy(); });
}

void ReaderProcess::addTo(std::vector<pollfd> &fds) const
{
    if (!isRunning())
        return;
    fds.push_back({m_out, POLLIN, 0});
    if (m_err >= 0)
        fds.push_back({m_err, POLLIN, 0});
    if (!m_commands.empty())
        fds.push_back({m_in, POLLOUT, 0});
}

void ReaderProcess::serve(std::chrono::nanoseconds waited, std::chrono::milliseconds hangTimeout)
{
    if (!isRunning())
        return;
    writeCommands();
    drainErrors();
    if (readFrames() || !isExpected()) {
        m_silent = {};
        return;
    }
    m_silent += waited;
    if (m_silent >= hangTimeout)
        fail(Code::ReaderHung,
            QStringLiteral("the reader made no progress for %1 s and was ended")
                .arg(static_cast<double>(hangTimeout.count()) / 1000));
}

bool ReaderProcess::readFrames()
{
    std::array<char, kReadAtOnce> bytes;
    std::size_t total = 0;
    bool getsOn = false;
    while (isRunning() && total < kReadPerTurn) {
        const ssize_t got = ::read(m_out, bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break; // nothing there now
        if (got == 0) {
            died();
            return true;
        }
        total += static_cast<std::size_t>(got);
        m_frames.append({bytes.data(), static_cast<std::size_t>(got)});
        getsOn = takeFrames() || getsOn;
    }
    return getsOn;
}

bool ReaderProcess::takeFrames()
{
    bool getsOn = false;
    while (const auto frame = m_frames.next()) {
        const std::uint16_t stream = frame->header.stream;
        const std::uint64_t steps = m_steps;
        QString fault;
        if (stream >= m_channels.size())
            fault = QStringLiteral("a frame of stream %1").arg(stream);
        else if (frame->header.kind == wire::FrameKind::Heartbeat)
            fault = acceptHeartbeat(frame->payload);
        else if (m_channels[stream]->m_reader == this) // else another reader has it now
            fault = acceptFor(stream, *frame);
        if (!fault.isEmpty()) {
            fail(Code::ReaderBabbled, QStringLiteral("the reader sent %1 and was ended").arg(fault));
            return true;
        }
        getsOn = getsOn || frame->header.kind != wire::FrameKind::Heartbeat || m_steps > steps;
    }
    if (!m_frames.error().isEmpty())
        fail(Code::ReaderBabbled, QStringLiteral("the reader sent %1 and was ended").arg(m_frames.error()));
    return getsOn;
}

QString ReaderProcess::acceptFor(std::uint16_t stream, const Frame &frame)
{
    StreamChannel &channel = *m_channels[stream];
    if (frame.header.kind == wire::FrameKind::SameDescription) {
        std::uint16_t as = 0;
        if (frame.payload.size() == sizeof as)
            std::memcpy(&as, frame.payload.data(), sizeof as);
        if (frame.payload.size() != sizeof as || as >= stream || !m_descriptions[as])
            return QStringLiteral("a description that it did not tell");
        return channel.acceptDescription(m_descriptions[as]);
    }
    const QString fault = channel.accept(frame);
    if (frame.header.kind == wire::FrameKind::Description)
        m_descriptions[stream] = channel.description();
    return fault;
}

QString ReaderProcess::acceptHeartbeat(std::span<const char> payload)
{
    std::uint64_t steps = 0;
    if (payload.size() != sizeof steps)
        return QStringLiteral("a heartbeat of %1 bytes").arg(payload.size());
    std::memcpy(&steps, payload.data(), sizeof steps);
    std::uint64_t most = 0;
    for (const StreamChannel *channel : m_channels) // each is surveyed and read at the most, both times ahead, too
        most += 4 * std::min(channel->mostSteps(), kMostSteps);
    if (steps < m_steps || steps > most)
        return QStringLiteral("a heartbeat that tells of %1 steps").arg(steps);
    m_steps = steps;
    return {};
}

void ReaderProcess::drainErrors()
{
    std::array<char, 4096> bytes;
    while (m_err >= 0) {
        const ssize_t got = ::read(m_err, bytes.data(), bytes.size());
        if (got < 0)
            return;
        if (got == 0) {
            ::close(m_err);
            m_err = -1;
            return;
        }
        m_errorText.append(bytes.data(), static_cast<std::size_t>(got));
        if (m_errorText.size() > kErrorTextBytes)
            m_errorText.erase(0, m_errorText.size() - kErrorTextBytes);
    }
}

void ReaderProcess::died()
{
    // Its end of the pipe closes a moment before it can be waited for.
    int status = 0;
    bool ended = false;
    for (int tries = 0; tries < 500 && !ended; ++tries) {
        ended = ::waitpid(m_pid, &status, WNOHANG) == m_pid;
        if (!ended)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    drainErrors();
    QString cause = QStringLiteral("the reader closed its pipe and was ended");
    if (ended) {
        m_pid = 0;
        cause = describeEnd(status);
    }
    // What libraries say at their end is for their makers.
    const QString said = QString::fromUtf8(m_errorText.data(), static_cast<qsizetype>(m_errorText.size()));
    for (const QString &line : said.split(QLatin1Char('\n')))
        if (line.startsWith(QLatin1String("exitscope-reader: ")))
            cause += QStringLiteral(": ") + line.mid(18).simplified();
    fail(Code::ReaderDied, cause);
}

void ReaderProcess::fail(Code code, const QString &cause)
{
    bool anyLost = false;
    for (StreamChannel *channel : m_channels) {
        if (channel->m_reader != this)
            continue;
        if (channel->isKept())
            channel->leaveReader(); // nothing is lost: another one will open it
        if (channel->m_reader != this || channel->isOver())
            continue;
        channel->m_state = StreamChannel::State::Lost;
        anyLost = true;
    }
    if (anyLost)
        m_failure = ReaderFailure{code, cause};
    if (m_pid > 0)
        reap();
    closeAll();
}

void ReaderProcess::kill()
{
    if (m_pid > 0)
        ::kill(m_pid, SIGKILL);
}

void ReaderProcess::reap()
{
    int status = 0;
    ::kill(m_pid, SIGKILL);
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
    m_pid = 0;
}

void ReaderProcess::closeAll()
{
    for (int *fd : {&m_in, &m_out, &m_err}) {
        if (*fd >= 0)
            ::close(*fd);
        *fd = -1;
    }
}

} // namespace exitscope
