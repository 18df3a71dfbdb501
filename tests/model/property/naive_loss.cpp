// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "tests/model/property/naive_machine.h"

// manual "Definitions", Loss.
namespace exitscope::naive {

// Of vCPUs on the pCPU itself the stretch holds what comes after an event there, so they wait for lossBegins().
void Machine::lossSeen(const BlindStretch &stretch)
{
    m_anyLoss = true;
    for (auto &[who, tale] : m_tales)
        if (!tale.hadKvmEvent())
            tale.missEvents();
    for (auto &[who, tale] : m_tales) {
        const bool isPseudo = who.tid == kNoThread;
        if (!isPseudo && tale.hadKvmEvent() && !isOn(who, tale, stretch.pcpu)
            && !isShownElsewhere(who, tale, stretch.pcpu))
            tale.lose(stretch.begin, false);
    }
    if (stretch.ofSwitches)
        m_switches.forgetWhoIsOff();
}

void Machine::lossBegins(const BlindStretch &stretch, Ns time)
{
    ++m_blind[stretch.pcpu];
    for (auto &[who, tale] : m_tales) {
        if (isOn(who, tale, stretch.pcpu))
            tale.lose(time, true);
        else if (who.tid != kNoThread && !isShownElsewhere(who, tale, stretch.pcpu))
            tale.lose(time, false);
        if (stretch.ofSwitches && tale.pcpuOfOwnLastEvent() == stretch.pcpu)
            tale.forgetOwnPlace();
    }
    m_work.endAll(stretch.pcpu, time);
    if (!stretch.ofSwitches)
        return;
    ++m_lostSwitches[stretch.pcpu];
    m_switches.forget(stretch.pcpu);
    m_switches.forgetWhoIsOff();
}

void Machine::lossEnds(const BlindStretch &stretch)
{
    --m_blind[stretch.pcpu];
    if (stretch.ofSwitches && --m_lostSwitches[stretch.pcpu] == 0)
        tellWhoIsThere(stretch.pcpu);
}

// Before the first sched_switch of a pCPU, or the first after a stretch, the thread that it takes off is there.
void Machine::tellWhoIsThere(std::int32_t pcpu)
{
    const std::optional<NextSwitch> next = nextSwitch(pcpu);
    if (!next)
        return;
    const std::int32_t tid = m_course.moments[next->moment].event.switched.prevTid;
    const bool isAfterLoss = m_now > 0;
    if (isAfterLoss && !next->isBlind)
        switchToElsewhere(tid, pcpu, next->moment);
    if (isAfterLoss)
        m_switches.turnsUp(tid, pcpu);
    m_switches.willTakeOff(tid, pcpu);
    if (VcpuTale *tale = taleOf(tid))
        tale->switchIn(m_course.moments[m_now].time, pcpu);
}

std::optional<Machine::NextSwitch> Machine::nextSwitch(std::int32_t pcpu) const
{
    int blind = count(m_blind, pcpu);
    for (std::size_t i = m_now; i < m_course.moments.size(); ++i) {
        const Moment &moment = m_course.moments[i];
        if (moment.pcpu != pcpu)
            continue;
        if (moment.kind == Moment::Kind::Event && moment.event.kind == EventKind::SchedSwitch)
            return NextSwitch{i, blind > 0};
        if (moment.kind == Moment::Kind::LossBegins && m_course.stretches[moment.stretch].ofSwitches)
            return std::nullopt;
        if (moment.kind == Moment::Kind::LossBegins)
            ++blind;
        if (moment.kind == Moment::Kind::LossEnds && i != m_now)
            --blind;
    }
    return std::nullopt;
}

bool Machine::isOn(Who who, const VcpuTale &tale, std::int32_t pcpu) const
{
    if (who.tid == kNoThread)
        return who.pcpu == pcpu;
    return m_switches.current(pcpu) == who.tid || tale.isOn(pcpu);
}

// On another pCPU that is not blind.
bool Machine::isShownElsewhere(Who who, const VcpuTale &tale, std::int32_t pcpu) const
{
    if (!m_hasSwitches)
        return false;
    return std::any_of(m_pcpus.begin(), m_pcpus.end(), [&](std::int32_t other) {
        if (other == pcpu || isBlind(other))
            return false;
        return m_switches.current(other) == who.tid
            || (!m_switches.hasSpoken(other) && tale.pcpuOfOwnLastEvent() == other);
    });
}

bool Machine::isAnyBlind(std::int32_t pcpu, Ns time, bool ofSwitches) const
{
    if (ofSwitches ? lostSwitches(pcpu) : isBlind(pcpu))
        return true;
    return std::any_of(m_course.stretches.begin(), m_course.stretches.end(), [&](const BlindStretch &stretch) {
        return stretch.pcpu != pcpu && (stretch.ofSwitches || !ofSwitches) && stretch.begin <= time
            && time < stretch.end;
    });
}

bool Machine::makesKnown(Who who, std::int32_t pcpu, Ns time) const
{
    const bool isPseudo = who.tid == kNoThread;
    return m_hasSwitches || isPseudo ? !isBlind(pcpu) : !isAnyBlind(pcpu, time, false);
}

} // namespace exitscope::naive
