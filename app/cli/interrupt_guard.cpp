// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt_guard.h"

namespace exitscope {

namespace {

std::atomic<bool> interrupted{false};
volatile std::sig_atomic_t interruptedBy = 0;
static_assert(std::atomic<bool>::is_always_lock_free, "it is set in a signal handler");

void note(int signal)
{
    interruptedBy = signal;
    interrupted = true;
}

} // namespace

InterruptGuard::InterruptGuard()
{
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

void InterruptGuard::release()
{
    if (m_released)
        return;
    m_released = true;
    for (std::size_t i = 0; i < kSignals.size(); ++i)
        std::signal(kSignals[i], m_before[i]);
    if (interrupted)
        std::raise(interruptedBy);
}

} // namespace exitscope
