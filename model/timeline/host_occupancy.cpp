// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/host_occupancy.h"

#include <algorithm>

namespace exitscope {

void HostOccupancy::note(std::int32_t pcpu, std::int32_t tid, Ns t)
{
    noteNumber(m_pcpus[pcpu], {t, tid});
}

std::vector<PcpuColumns> HostOccupancy::take(const std::function<std::uint32_t(std::int32_t)> &indexOf)
{
    std::vector<PcpuColumns> all;
    m_pcpus.forEach([&](std::int32_t pcpu, BlockList<NumberSince> &draft) {
        PcpuColumns &columns = all.emplace_back();
        columns.pcpu = pcpu;
        columns.begin.reserve(draft.size());
        columns.thread.reserve(draft.size());
        draft.take([&](const NumberSince &since) {
            columns.begin.append(since.begin());
            columns.thread.append(since.number() == kNoThread ? kUnknownHostThread : indexOf(since.number()));
        });
    });
    m_pcpus.clear();
    std::ranges::sort(all, {}, &PcpuColumns::pcpu);
    return all;
}

} // namespace exitscope
