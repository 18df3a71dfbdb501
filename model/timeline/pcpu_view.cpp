// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/pcpu_view.h"

#include <algorithm>

namespace exitscope {

std::int32_t PcpuView::current(std::int32_t pcpu) const
{
    const auto found = m_current.find(pcpu);
    return found == m_current.end() ? kNoThread : found->second;
}

bool PcpuView::isElsewhere(std::int32_t tid, std::int32_t pcpu) const
{
    const auto found = m_place.find(tid);
    return found != m_place.end() && found->second != pcpu;
}

bool PcpuView::isOnAnother(std::int32_t tid, std::int32_t pcpu) const
{
    const auto found = m_place.find(tid);
    return found != m_place.end() && found->second != pcpu && found->second != kOffCpu;
}

void PcpuView::setCurrent(std::int32_t pcpu, std::int32_t tid)
{
    m_hasSwitches = m_hasSwitches || tid != kNoThread;
    m_current[pcpu] = tid;
    if (tid > 0) // 0 is the idle thread, one on every pCPU
        m_place[tid] = pcpu;
}

void PcpuView::switchThreads(std::int32_t pcpu, std::int32_t prev, std::int32_t next)
{
    const std::int32_t thought = current(pcpu);
    if (thought > 0 && thought != next) {
        const auto place = m_place.find(thought);
        if (place != m_place.end() && place->second == pcpu)
            m_place.erase(place); // not seen to leave: where it is now is not known
    }
    if (prev > 0 && !isOnAnother(prev, pcpu))
        m_place[prev] = kOffCpu;
    arrive(pcpu, next);
}

void PcpuView::arrive(std::int32_t pcpu, std::int32_t tid)
{
    if (const auto place = m_place.find(tid); tid > 0 && place != m_place.end() && place->second != pcpu)
        m_current.erase(place->second);
    setCurrent(pcpu, tid);
}

void PcpuView::forgetOff(std::int32_t tid)
{
    const auto place = m_place.find(tid);
    if (place != m_place.end() && place->second == kOffCpu)
        m_place.erase(place);
}

void PcpuView::lose(std::int32_t pcpu, Ns until)
{
    Ns &end = m_blindUntil.try_emplace(pcpu, until).first->second;
    end = std::max(end, until);
    if (pcpu == kNoPcpu)
        m_current.clear();
    else
        m_current.erase(pcpu);
    std::erase_if(m_place, [&](const auto &place) {
        const auto there = m_current.find(place.second);
        return there == m_current.end() || there->second != place.first;
    });
}

bool PcpuView::isBlindElsewhere(std::int32_t pcpu, Ns t) const
{
    return std::ranges::any_of(
        m_blindUntil, [&](const auto &blind) { return blind.first != pcpu && t < blind.second; });
}

void IrqNesting::begin(IrqSource source, Ns t, std::int32_t tid)
{
    if (m_depth == 0)
        m_work = {t, tid};
    ++m_depth;
    ++m_open[std::size_t(source)];
}

std::optional<IrqNesting::Work> IrqNesting::end(IrqSource source)
{
    int &open = m_open[std::size_t(source)];
    if (open == 0)
        return std::nullopt; // it began before the recording, or was cut
    --open;
    --m_depth;
    return m_depth == 0 ? std::optional(m_work) : std::nullopt;
}

std::optional<IrqNesting::Work> IrqNesting::cut()
{
    const bool open = m_depth > 0;
    m_depth = 0;
    m_open = {};
    return open ? std::optional(m_work) : std::nullopt;
}

} // namespace exitscope
