// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "model/cancel_flag.h"

namespace exitscope {

// At one time: a search for the map of a long trace takes hundreds of MiB.
inline constexpr std::size_t kMostSearchThreads = 4;

// How long a search for a map may go on: until somebody does not want it any more, or it has taken too long. Every loop
// over events, bins, lines or pieces asks once for some milliseconds of work. Once it has ended it stays so, and what a
// search returns then is of no use: whoever holds the budget asks before believing it.
class SearchBudget {
public:
    using Clock = std::chrono::steady_clock;

    SearchBudget() = default; // without end
    explicit SearchBudget(CancelFlag cancel, std::optional<Clock::time_point> deadline = std::nullopt)
        : m_cancel(cancel), m_deadline(deadline)
    {
    }

    bool isCancelled() const { return exitscope::isCancelled(m_cancel); }
    bool hasEnded() const { return isCancelled() || (m_deadline && Clock::now() >= *m_deadline); }

private:
    CancelFlag m_cancel = nullptr; // outlives this
    std::optional<Clock::time_point> m_deadline;
};

} // namespace exitscope
