// SPDX-License-Identifier: GPL-3.0-or-later
// What HostMachine makes of sched_switch.
#include "model/timeline/host_machine.h"

namespace exitscope {

void HostMachine::schedSwitch(const Record &record)
{
    const Ns t = record.timeNs;
    const std::int32_t pcpu = record.pcpu;
    noteSwitch(record);
    endInterrupts(pcpu, t);
    if (const auto pseudo = m_pseudo.find(pcpu); pseudo != m_pseudo.end())
        pseudo->second.lose(t, false); // whose events come now is not known
    if (m_switches == SwitchesRecorded::OnlyAway)
        switchAwayOnly(record);
    else if (m_blindness.areSwitchesBlind(pcpu))
        switchUnseen(record);
    else
        switchWithin(record);
    if (leavesDead(record.switched.prevState))
        bury(record.switched.prevTid, t);
}

// For the question whether any ever leads to a vCPU.
void HostMachine::noteSwitch(const Record &record)
{
    m_next.passed(record.stream, record.pcpu);
    m_begun.insert(record.pcpu);
    const auto [prevState, prev, next] = record.switched;
    if (find(prev) && !m_away.insert(prev).second)
        ++m_repeatedAway;
    if (find(next)) {
        m_away.erase(next);
        m_switchedFrom.insert(prev);
    }
}

// Who comes is known only where it is recorded too.
void HostMachine::switchAwayOnly(const Record &record)
{
    const Ns t = record.timeNs;
    if (VcpuTrack *out = find(record.switched.prevTid)) {
        out->switchOut(t, record.pcpu, record.switched.prevState);
        if (m_blindness.isAnyBlind(record.pcpu))
            out->lose(t, false);
    }
    if (VcpuTrack *in = find(record.switched.nextTid))
        in->switchIn(t, record.pcpu);
}

// In a stretch that misses switches: it says nothing of the pCPU, but the one that goes could be anywhere next.
void HostMachine::switchUnseen(const Record &record)
{
    m_ioctls.erase(record.switched.prevTid);
    m_view.turnUp(record.pcpu, record.switched.prevTid, record.timeNs);
    if (VcpuTrack *out = find(record.switched.prevTid)) {
        out->switchOut(record.timeNs, record.pcpu, record.switched.prevState);
        out->lose(record.timeNs, false);
    }
}

void HostMachine::switchWithin(const Record &record)
{
    const auto [prevState, prev, next] = record.switched;
    const Ns t = record.timeNs;
    const std::int32_t pcpu = record.pcpu;
    switchOut(record);
    if (m_blindness.isAnyBlind(pcpu)) { // where prev goes from here can be unseen
        m_ioctls.erase(prev);
        if (VcpuTrack *out = find(prev))
            out->lose(t, false);
    }
    switchIn(next, pcpu, t);
    m_view.switchThreads(pcpu, prev, next, !m_blindness.areAnySwitchesBlind(pcpu) && !m_dead.contains(prev), t);
}

void HostMachine::switchOut(const Record &record)
{
    const std::int32_t prev = record.switched.prevTid;
    const std::int32_t pcpu = record.pcpu;
    const Ns t = record.timeNs;
    const std::int32_t thought = m_view.current(pcpu);
    VcpuTrack *out = find(prev);
    const bool isElsewhere = m_view.isElsewhere(prev, pcpu);
    const bool isExpected = thought == prev || (thought == kNoThread && !isElsewhere);
    if (!isExpected && !m_blindness.isBlind(pcpu)) { // what a blind pCPU shows contradicts nothing by itself
        VcpuTrack *expected = thought == kNoThread ? nullptr : find(thought);
        VcpuTrack *doubted = isElsewhere ? out : nullptr;
        if (expected || doubted) // contradiction 4
            ++m_contradictions.switchFromOther;
        for (VcpuTrack *vcpu : {expected, doubted})
            if (vcpu)
                vcpu->doubt(t);
    }
    if (out)
        out->switchOut(t, record.pcpu, record.switched.prevState);
}

void HostMachine::switchIn(std::int32_t tid, std::int32_t pcpu, Ns t)
{
    VcpuTrack *in = find(tid);
    if (!in)
        return;
    const std::int32_t place = m_view.place(tid);
    const bool isElsewhere = (place != kNoPcpu && place != pcpu) || (in->shownAt() != kNoPcpu && in->shownAt() != pcpu);
    if (isElsewhere && !m_blindness.isBlind(pcpu)) { // contradiction 5
        ++m_contradictions.switchToElsewhere;
        in->doubt(t);
    }
    in->switchIn(t, pcpu);
}

// At the begin, and where a stretch ends: the thread that the first sched_switch takes off is there.
void HostMachine::settleCurrent(std::int32_t pcpu, Ns t, Settled when)
{
    const std::int32_t tid = m_next.first(pcpu);
    if (tid == kNoThread || !switchesSpeak())
        return;
    switchIn(tid, pcpu, t);
    if (when == Settled::AfterLoss)
        m_view.turnUp(pcpu, tid, t);
    m_view.settle(pcpu, tid, t);
}

} // namespace exitscope
