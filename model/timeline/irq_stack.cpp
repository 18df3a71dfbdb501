// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/irq_stack.h"

#include <algorithm>
#include <utility>

namespace exitscope {

std::vector<IrqStack::Work> IrqStack::end(IrqSource source)
{
    for (auto work = m_open.rbegin(); work != m_open.rend(); ++work) {
        if (work->source != source)
            continue;
        const Work ended = *work;
        m_open.erase(std::next(work).base());
        return {ended};
    }
    return {}; // it began before the recording, or ended before
}

std::vector<IrqStack::Work> IrqStack::endOfOthers(std::int32_t tid)
{
    const auto stays = [tid](const Work &work) { return work.tid == kNoThread || work.tid == tid; };
    if (std::ranges::all_of(m_open, stays))
        return {};
    const auto others = std::ranges::stable_partition(m_open, stays);
    std::vector<Work> ended(others.begin(), others.end());
    m_open.erase(others.begin(), others.end());
    return ended;
}

std::vector<IrqStack::Work> IrqStack::endAll()
{
    return std::exchange(m_open, {});
}

} // namespace exitscope
