// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace exitscope {

// While it lives, a signal that would end the program asks it to end by itself, so that temporary files can be removed
// first. A program that takes too long for that has them removed, and is ended. One at a time.
class InterruptGuard {
public:
    // `ask`: called when a signal comes, in a thread of its own, beside setting the flag.
    explicit InterruptGuard(std::function<void()> ask = {});
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard &) = delete;
    InterruptGuard &operator=(const InterruptGuard &) = delete;

    static const std::atomic<bool> &flag();
    // The signals do again what they did; the one that came, if any, now.
    void release();

private:
    void watch(const std::function<void()> &ask);
    char nextNote(int timeoutMs);
    void restore();

    static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
    std::array<void (*)(int), kSignals.size()> m_before{};
    std::array<int, 2> m_pipe{-1, -1};
    std::thread m_watcher;
    bool m_released = false;
};

} // namespace exitscope
