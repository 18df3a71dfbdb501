// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/columns.h"

namespace exitscope {

inline void addTo(TimePerState &to, const TimePerState &times)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += times[i];
}

inline Ns sumOf(const TimePerState &times)
{
    Ns sum = 0;
    for (const Ns time : times)
        sum += time;
    return sum;
}

// What a guest that wanted to run did not get.
inline Ns lostIn(const TimePerState &times)
{
    Ns sum = 0;
    for (const VcpuState state : {VcpuState::Kvm, VcpuState::Userspace, VcpuState::Preempted, VcpuState::Blocked})
        sum += times[static_cast<std::size_t>(state)];
    return sum;
}

} // namespace exitscope
