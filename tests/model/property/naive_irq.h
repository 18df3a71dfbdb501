// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "tests/model/property/naive_timeline.h"

namespace exitscope::naive {

struct Work : Stretch {
    std::int32_t pcpu = kNoPcpu;
};

// manual "Interrupts": the host's interrupt work by the thread of its entry event.
class InterruptWork {
public:
    void begin(std::int32_t pcpu, IrqSource source, Who who, Ns time);
    void end(std::int32_t pcpu, IrqSource source, Ns time); // the innermost of its kind
    void endAll(std::int32_t pcpu, Ns time);
    void endOfOthers(std::int32_t pcpu, Who who, Ns time); // `who` is a thread that is known
    const std::map<Who, std::vector<Work>> &finish(Ns time);

private:
    struct Open {
        IrqSource source;
        Who who;
        Ns begin;
    };
    void close(std::int32_t pcpu, const Open &open, Ns time);

    std::map<std::int32_t, std::vector<Open>> m_open; // of each pCPU, the innermost last
    std::map<Who, std::vector<Work>> m_work;
};

} // namespace exitscope::naive
