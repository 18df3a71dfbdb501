// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/interrupt_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "model/source/private_root.h"

namespace exitscope {

namespace {

// What is written to the pipe.
constexpr char kSignal = 's';
constexpr char kRelease = 'q';
constexpr int kPatienceMs = 250; // half a second is what users are promised, all in all

std::atomic<bool> interrupted{false};
std::atomic<int> told{-1}; // the pipe's end to write to
std::atomic<int> interruptedBy{0};
static_assert(
    std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free, "used in a signal handler");

void note(int signal)
{
    const int before = errno;
    interruptedBy = signal;
    interrupted = true;
    const ssize_t ignored = ::write(told, &kSignal, 1); // full: it was told before
    static_cast<void>(ignored);
    errno = before;
}

} // namespace

InterruptGuard::InterruptGuard(std::function<void()> ask)
{
    if (::pipe2(m_pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
        told = m_pipe[1];
        try {
            m_watcher = std::thread([this, ask = std::move(ask)] { watch(ask); });
        } catch (const std::system_error &) {
            // No thread can be had: then only the flag tells.
        }
    }
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        m_before[i] = std::signal(kSignals[i], note);
        if (m_before[i] == SIG_IGN)
            std::signal(kSignals[i], SIG_IGN); // nohup
    }
}

InterruptGuard::~InterruptGuard()
{
    release();
}

const std::atomic<bool> &InterruptGuard::flag()
{
    return interrupted;
}

// Until the guard is released, or the program did not end in time. A second signal does not wait for that.
void InterruptGuard::watch(const std::function<void()> &ask)
{
    if (nextNote(-1) != kSignal)
        return;
    if (ask)
        ask();
    if (nextNote(kPatienceMs) == kRelease)
        return;
    PrivateRoot::removeAll();
    std::signal(interruptedBy, SIG_DFL);
    ::kill(::getpid(), interruptedBy);
}

// What is written to the pipe; 0 if nothing is in that time.
char InterruptGuard::nextNote(int timeoutMs)
{
    pollfd pipe{m_pipe[0], POLLIN, 0};
    char note = 0;
    int ready = 0;
    while ((ready = ::poll(&pipe, 1, timeoutMs)) < 0 && errno == EINTR) { }
    return ready > 0 && ::read(m_pipe[0], &note, 1) == 1 ? note : '\0';
}

void InterruptGuard::restore()
{
    for (std::size_t i = 0; i < kSignals.size(); ++i)
        std::signal(kSignals[i], m_before[i]);
    told = -1;
}

void InterruptGuard::release()
{
    if (std::exchange(m_released, true))
        return;
    if (m_watcher.joinable()) {
        const ssize_t ignored = ::write(m_pipe[1], &kRelease, 1);
        static_cast<void>(ignored);
        m_watcher.join();
    }
    restore();
    for (const int end : m_pipe)
        if (end >= 0)
            ::close(end);
    if (interrupted)
        std::raise(interruptedBy);
}

} // namespace exitscope
