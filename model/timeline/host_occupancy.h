// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/timeline/block_list.h"
#include "model/timeline/host_columns.h"
#include "model/timeline/number_map.h"
#include "model/timeline/vcpu_draft.h"

namespace exitscope {

// Who was current on each pCPU at every time, as PcpuView tells it meanwhile: 12 bytes a change.
class HostOccupancy {
public:
    // From t on, which never goes back; kNoThread: it is not known who.
    void note(std::int32_t pcpu, std::int32_t tid, Ns t);
    // No event can follow. `indexOf`: of a thread, which is never kNoThread. Empties it.
    std::vector<PcpuColumns> take(const std::function<std::uint32_t(std::int32_t)> &indexOf);

private:
    NumberMap<BlockList<NumberSince>> m_pcpus;
};

} // namespace exitscope
