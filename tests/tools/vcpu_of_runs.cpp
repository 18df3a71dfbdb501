// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/vcpu_of_runs.h"

#include <algorithm>

namespace exitscope::testing {

Vcpu vcpuOfRuns(const std::vector<Run> &runs, TimeRange recorded, const std::vector<TimeRange> &losses,
    std::int32_t number, std::int32_t tid, std::int32_t pcpu)
{
    Vcpu vcpu;
    vcpu.number = QString::number(number);
    vcpu.tid = tid;
    std::size_t loss = 0; // the first that does not lie before what is appended
    const auto append = [&](Ns from, Ns to, VcpuState state) {
        from = std::max(from, recorded.from);
        to = std::min(to, recorded.to);
        if (from >= to)
            return;
        while (loss < losses.size() && losses[loss].to <= from)
            ++loss;
        for (std::size_t i = loss; i < losses.size() && losses[i].from < to; ++i) {
            if (losses[i].to <= from)
                continue;
            vcpu.states.append(std::max(from, losses[i].from), state, pcpu);
            from = std::max(from, std::min(to, losses[i].to));
            vcpu.states.append(from, VcpuState::Unknown, kNoPcpu);
        }
        if (from < to)
            vcpu.states.append(to, state, pcpu);
    };
    vcpu.states.start(recorded.from);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].end <= recorded.from || runs[i].begin >= recorded.to)
            continue;
        append(i > 0 ? runs[i - 1].end : recorded.from, runs[i].begin, VcpuState::Kvm);
        append(runs[i].begin, runs[i].end, VcpuState::Guest);
    }
    if (!runs.empty() && runs.back().end < recorded.to)
        append(runs.back().end, recorded.to, VcpuState::Idle);
    return vcpu;
}

} // namespace exitscope::testing
