// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/block_list.h"
#include "model/timeline/host_columns.h"
#include "model/timeline/vcpu_draft.h"

namespace exitscope {

// Where a vCPU waits while it is preempted, and how often that turned out to be wrong.
class WaitTrack {
public:
    struct Elsewhere { // it got a pCPU that is not the one where it waited
        std::int64_t times = 0;
        Ns ns = 0; // waited on the wrong one
    };

    // From t on, which never goes back; kNoPcpu: it is not known where.
    void waitsAt(Ns t, std::int32_t pcpu);
    void getsIn(Ns t, std::int32_t pcpu);
    // Of the thread that took its place, from t on.
    void append(WaitTrack &&later, Ns t);
    void takeColumns(WaitColumns &columns);
    const Elsewhere &elsewhere() const { return m_elsewhere; }

private:
    BlockList<NumberSince> m_pcpus;
    Ns m_since = kNoTime; // when it was last told where it waits
    Elsewhere m_elsewhere;
};

} // namespace exitscope
