// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/irq_stack.h"

#include <algorithm>
#include <utility>

namespace exitscope {

void IrqStack::begin(IrqSource source, Ns t, std::int32_t tid)
{
    m_open.push_back({t, tid, source});
    if (tid != m_onlyOf && tid != kNoThread)
        m_onlyOf = kNoThread;
}

std::optional<IrqStack::Work> IrqStack::end(IrqSource source)
{
    for (auto work = m_open.rbegin(); work != m_open.rend(); ++work) {
        if (work->source != source)
            continue;
        const Work ended = *work;
        m_open.erase(std::next(work).base());
        return ended;
    }
    return std::nullopt; // it began before the recording, or ended before
}

std::vector<IrqStack::Work> IrqStack::endOfOthers(std::int32_t tid)
{
    if (m_open.empty() || tid == m_onlyOf)
        return {};
    m_onlyOf = tid;
    const auto stays = [tid](const Work &work) { return work.tid == kNoThread || work.tid == tid; };
    const auto others = std::ranges::stable_partition(m_open, stays);
    std::vector<Work> ended(others.begin(), others.end());
    m_open.erase(others.begin(), others.end());
    return ended;
}

void IrqStack::bury(std::int32_t tid)
{
    for (Work &work : m_open)
        if (work.tid == tid)
            work.tid = kDeadThread;
    m_onlyOf = kNoThread;
}

std::vector<IrqStack::Work> IrqStack::endAll()
{
    return std::exchange(m_open, {});
}

} // namespace exitscope
