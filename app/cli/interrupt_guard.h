// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <csignal>

namespace exitscope {

// While it lives, a signal that would end the program only sets a flag, so that temporary files can be removed first.
class InterruptGuard {
public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard &) = delete;
    InterruptGuard &operator=(const InterruptGuard &) = delete;

    static const std::atomic<bool> &flag();
    // The signals do again what they did; the one that came, if any, now.
    void release();

private:
    static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
    std::array<void (*)(int), kSignals.size()> m_before{};
    bool m_released = false;
};

} // namespace exitscope
