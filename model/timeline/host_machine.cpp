// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/host_machine.h"

#include <algorithm>

namespace exitscope {

HostMachine::HostMachine(ReasonTable &reasons) : m_reasons(reasons) { }

VcpuTrack *HostMachine::find(std::int32_t tid)
{
    const auto found = m_tracks.find(tid);
    return found == m_tracks.end() ? nullptr : &found->second;
}

// A KVM event makes its thread a possible vCPU; without a thread, its pCPU.
VcpuTrack &HostMachine::track(std::int32_t tid, std::int32_t pcpu)
{
    return tid == kNoThread ? m_pseudo[pcpu] : m_tracks[tid];
}

std::int32_t HostMachine::threadOf(const Record &record) const
{
    if (record.kind == EventKind::SchedSwitch)
        return record.switched.prevTid;
    return record.tid != kNoThread ? record.tid : m_view.current(record.pcpu);
}

bool HostMachine::isKvmEvent(const Record &record, std::int32_t tid) const
{
    switch (record.kind) {
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::UserspaceExit:
        return true;
    case EventKind::IoctlEntry:
        return tid != kNoThread && record.ioctlEntry.cmd == kKvmRun;
    case EventKind::IoctlExit: {
        const auto last = m_lastIoctlRuns.find(tid);
        return tid != kNoThread && (last == m_lastIoctlRuns.end() || last->second);
    }
    default:
        return false;
    }
}

void HostMachine::add(const Record &record)
{
    switch (record.kind) {
    case EventKind::ThreadInfo:
        return; // tells no time
    case EventKind::CurrentThread:
        switchIn(record.tid, record.pcpu, record.timeNs);
        m_view.arrive(record.pcpu, record.tid);
        return;
    case EventKind::Blind:
        blind(record);
        return;
    default:
        break;
    }
    const std::int32_t tid = threadOf(record);
    const bool kvm = isKvmEvent(record, tid);
    if (record.provesHost)
        proveHost(record, tid, kvm || record.kind == EventKind::SchedSwitch);
    if (record.kind == EventKind::IoctlEntry && tid != kNoThread)
        m_lastIoctlRuns[tid] = record.ioctlEntry.cmd == kKvmRun;
    if (kvm)
        kvmEvent(record, tid);
    else if (record.kind == EventKind::SchedSwitch)
        schedSwitch(record);
    else if (record.kind == EventKind::SchedWakeup) {
        if (VcpuTrack *woken = find(record.wakeup.tid))
            woken->wakeUp(record.timeNs);
    } else if (record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd)
        interrupt(record, tid);
}

// The event ends the run on its pCPU and that of its thread; `ownEvent`: the thread's machine is told by the event
// itself.
void HostMachine::proveHost(const Record &record, std::int32_t tid, bool ownEvent)
{
    VcpuTrack *own = tid == kNoThread ? nullptr : find(tid);
    if (tid == kNoThread && ownEvent) {
        const auto found = m_pseudo.find(record.pcpu);
        own = found == m_pseudo.end() ? nullptr : &found->second;
    }
    const auto there = m_inGuest.find(record.pcpu);
    if (there != m_inGuest.end() && there->second) {
        // The vCPU may have shown itself elsewhere since.
        if ((there->second != own || !ownEvent) && there->second->pcpu() == record.pcpu)
            there->second->hostEvent(record.timeNs);
        there->second = nullptr;
    }
    if (own && !ownEvent && own->state() == MachineState::Guest)
        own->hostEvent(record.timeNs);
}

void HostMachine::kvmEvent(const Record &record, std::int32_t tid)
{
    if (tid != kNoThread)
        checkPlace(record, tid);
    VcpuTrack &vcpu = track(tid, record.pcpu);
    if (record.kind == EventKind::VmEntry)
        cutInterrupts(record.pcpu, record.timeNs);
    applyKvmEvent(record, vcpu);
    if (vcpu.state() == MachineState::Guest)
        m_inGuest[record.pcpu] = &vcpu;
}

// Contradiction 3.
void HostMachine::checkPlace(const Record &record, std::int32_t tid)
{
    const std::int32_t thought = m_view.current(record.pcpu);
    const bool misplaced = thought == kNoThread ? m_view.isElsewhere(tid, record.pcpu) : thought != tid;
    if (!misplaced)
        return;
    ++m_contradictions.wrongPcpu;
    if (VcpuTrack *own = find(tid))
        own->doubt(record.timeNs);
    if (VcpuTrack *other = thought == kNoThread ? nullptr : find(thought))
        other->doubt(record.timeNs);
}

void HostMachine::applyKvmEvent(const Record &record, VcpuTrack &vcpu)
{
    const Ns t = record.timeNs;
    switch (record.kind) {
    case EventKind::VmEntry:
        vcpu.enter(t, record.pcpu, record.entry);
        break;
    case EventKind::VmExit: {
        const std::uint16_t reason = m_reasons.indexOf(reasonKey(record.exit.isa, record.exit.reason));
        vcpu.exit(t, record.pcpu, record.exit, record.hasIntrInfo, reason, m_reasons[reason].isHalt);
        break;
    }
    case EventKind::UserspaceExit:
        vcpu.leaveForUserspace(t, record.pcpu, record.userspaceExit);
        break;
    default:
        vcpu.runSyscall(t, record.pcpu, record.kind == EventKind::IoctlEntry);
        break;
    }
}

void HostMachine::schedSwitch(const Record &record)
{
    const auto [prevState, prev, next] = record.switched;
    const Ns t = record.timeNs;
    const std::int32_t pcpu = record.pcpu;
    cutInterrupts(pcpu, t);

    const std::int32_t thought = m_view.current(pcpu);
    VcpuTrack *out = find(prev);
    if (thought != kNoThread && thought != prev)
        switchFromOther(record, thought);
    else if (out)
        out->switchOut(t, prevState);
    const bool unseen = m_view.isBlindElsewhere(pcpu, t); // where prev goes from here
    if (out && unseen)
        out->blind(t, t);
    if (unseen)
        m_lastIoctlRuns.erase(prev); // another ioctl may begin

    switchIn(next, pcpu, t);
    m_view.switchThreads(pcpu, prev, next);
    if (unseen && prev != next)
        m_view.forgetOff(prev);
}

void HostMachine::switchIn(std::int32_t tid, std::int32_t pcpu, Ns t)
{
    VcpuTrack *in = find(tid);
    if (!in)
        return;
    if (isShownElsewhere(tid, *in, pcpu)) { // contradiction 5
        ++m_contradictions.switchToElsewhere;
        in->doubt(t);
    } else {
        in->switchIn(t, pcpu);
    }
}

// Contradiction 4.
void HostMachine::switchFromOther(const Record &record, std::int32_t thought)
{
    const Ns t = record.timeNs;
    VcpuTrack *expected = find(thought);
    VcpuTrack *out = find(record.switched.prevTid);
    const bool outElsewhere = out && m_view.isElsewhere(record.switched.prevTid, record.pcpu);
    if (expected || outElsewhere)
        ++m_contradictions.switchFromOther;
    if (expected)
        expected->doubt(t);
    if (outElsewhere)
        out->doubt(t);
    else if (out)
        out->switchOut(t, record.switched.prevState);
}

void HostMachine::interrupt(const Record &record, std::int32_t tid)
{
    IrqNesting &nesting = m_irqs[record.pcpu];
    if (record.kind == EventKind::IrqBegin)
        nesting.begin(record.irq.source, record.timeNs, tid);
    else
        addWork(record.pcpu, nesting.end(record.irq.source), record.timeNs);
}

void HostMachine::cutInterrupts(std::int32_t pcpu, Ns t)
{
    const auto found = m_irqs.find(pcpu);
    if (found != m_irqs.end())
        addWork(pcpu, found->second.cut(), t);
}

void HostMachine::addWork(std::int32_t pcpu, const std::optional<IrqNesting::Work> &work, Ns end)
{
    if (!work)
        return;
    if (work->tid == kNoThread)
        m_pseudo[pcpu].interruptWork(work->begin, end, pcpu);
    else if (VcpuTrack *vcpu = find(work->tid))
        vcpu->interruptWork(work->begin, end, pcpu);
}

void HostMachine::blind(const Record &record)
{
    const Ns t = record.timeNs;
    const std::int32_t pcpu = record.pcpu;
    for (auto &[tid, vcpu] : m_tracks) {
        if (!isShownElsewhere(tid, vcpu, pcpu))
            blindVcpu(tid, vcpu, t, record.blind.unknownFromNs);
    }
    for (auto &[at, vcpu] : m_pseudo)
        vcpu.blind(t, record.blind.unknownFromNs);
    std::erase_if(m_lastIoctlRuns, [&](const auto &last) { // of threads that may become vCPUs later
        return !m_tracks.contains(last.first) && (pcpu == kNoPcpu || !m_view.isOnAnother(last.first, pcpu));
    });
    for (auto &[at, nesting] : m_irqs) {
        if (pcpu == kNoPcpu || pcpu == at)
            addWork(at, nesting.cut(), t);
    }
    m_view.lose(pcpu, record.blind.untilNs);
}

// Whether the vCPU is on a pCPU other than `pcpu`: by sched_switch or, where that has said nothing since a loss there,
// by its own events. Without sched_switch in the recording it could be anywhere.
bool HostMachine::isShownElsewhere(std::int32_t tid, const VcpuTrack &vcpu, std::int32_t pcpu) const
{
    if (pcpu == kNoPcpu || !m_view.hasSwitches())
        return false;
    const bool runs = info(visibleState(vcpu.state())).onPcpu;
    return m_view.isOnAnother(tid, pcpu) || (runs && vcpu.pcpu() != pcpu && m_view.current(vcpu.pcpu()) == kNoThread);
}

void HostMachine::blindVcpu(std::int32_t tid, VcpuTrack &vcpu, Ns t, Ns unknownFrom)
{
    vcpu.blind(t, unknownFrom);
    m_lastIoctlRuns.erase(tid); // another ioctl may have begun since
}

void HostMachine::finish(Ns end)
{
    for (auto &[pcpu, nesting] : m_irqs)
        addWork(pcpu, nesting.cut(), end);
}

HostContradictions HostMachine::contradictions() const
{
    HostContradictions sum = m_contradictions;
    const auto collect = [&sum](const VcpuTrack &vcpu) {
        sum.entryInEntry += vcpu.contradictions().entryInEntry;
        sum.exitWithoutEntry += vcpu.contradictions().exitWithoutEntry;
        sum.userspaceInEntry += vcpu.contradictions().userspaceInEntry;
    };
    for (const auto &[tid, vcpu] : m_tracks)
        collect(vcpu);
    for (const auto &[pcpu, vcpu] : m_pseudo)
        collect(vcpu);
    return sum;
}

} // namespace exitscope
