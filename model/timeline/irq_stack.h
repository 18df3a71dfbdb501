// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "model/record/record.h"

namespace exitscope {

// Host interrupt work on one pCPU: the handlers that are open there, the innermost last (manual "Definitions",
// Interrupts).
class IrqStack {
public:
    static constexpr std::int32_t kDeadThread = -2; // Work::tid; no event is of it
    struct Work {
        Ns begin;
        std::int32_t tid; // of the event that began it; kNoThread if not known
        IrqSource source;
    };

    void begin(IrqSource source, Ns t, std::int32_t tid);
    // Each of these takes the work that ends there.
    std::optional<Work> end(IrqSource source); // its exit event: of the innermost of its kind
    std::vector<Work> endOfOthers(std::int32_t tid); // an event of that thread: all that are known to be of others
    std::vector<Work> endAll();
    void bury(std::int32_t tid); // that thread died: what it left open is of nobody who lives
    bool isEmpty() const { return m_open.empty(); }
    const std::vector<Work> &open() const { return m_open; }

private:
    std::vector<Work> m_open;
    std::int32_t m_onlyOf = kNoThread; // all that are known to be of a thread are of this one; kNoThread: not looked at
};

} // namespace exitscope
