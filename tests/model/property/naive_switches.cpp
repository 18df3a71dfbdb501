// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_switches.h"

namespace exitscope::naive {
namespace {

constexpr std::int32_t kIdle = 0; // is on many pCPUs at once

} // namespace

std::optional<std::int32_t> Switches::current(std::int32_t pcpu) const
{
    const auto found = m_current.find(pcpu);
    return found == m_current.end() ? std::nullopt : std::optional(found->second);
}

bool Switches::isElsewhere(std::int32_t tid, std::int32_t pcpu) const
{
    for (const auto &[other, current] : m_current)
        if (other != pcpu && current == tid && tid != kIdle)
            return true;
    return false;
}

void Switches::puts(std::int32_t tid, std::int32_t pcpu)
{
    turnsUp(tid, pcpu);
    willTakeOff(tid, pcpu);
}

void Switches::willTakeOff(std::int32_t tid, std::int32_t pcpu)
{
    m_current[pcpu] = tid;
    m_spoken.insert(pcpu);
}

void Switches::turnsUp(std::int32_t tid, std::int32_t pcpu)
{
    if (tid == kIdle)
        return;
    std::erase_if(m_current, [&](const auto &each) { return each.first != pcpu && each.second == tid; });
    m_off.erase(tid);
}

void Switches::forget(std::int32_t pcpu)
{
    m_current.erase(pcpu);
    m_spoken.erase(pcpu);
}

} // namespace exitscope::naive
