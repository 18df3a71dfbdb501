// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/timeline/timeline.h"

namespace exitscope::testing {

// A stretch in guest mode, on the host's clock.
struct Run {
    Ns begin;
    Ns end;
};

// What a host that recorded over `recorded` knows of a vCPU with these runs, in order: in Kvm between them, in Idle
// after the last, and nothing over `losses`, in order.
Vcpu vcpuOfRuns(const std::vector<Run> &runs, TimeRange recorded, const std::vector<TimeRange> &losses,
    std::int32_t number, std::int32_t tid, std::int32_t pcpu);

} // namespace exitscope::testing
