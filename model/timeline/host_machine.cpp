// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/host_machine.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr Target kDeadlineMsr = Target::of(TargetKind::Msr, kTscDeadlineMsr);

// kvm_msr of the TSC deadline is a kind of its own, for it tells of clocks too.
constexpr bool isTouch(EventKind kind)
{
    return kind == EventKind::Touch || kind == EventKind::DeadlineWrite;
}

} // namespace

HostMachine::HostMachine(ReasonTable &reasons, SwitchesRecorded switches) : m_reasons(reasons), m_switches(switches) { }

// A KVM event makes its thread a possible vCPU; without a thread, its pCPU.
VcpuTrack &HostMachine::track(std::int32_t tid, std::int32_t pcpu)
{
    if (tid == kNoThread)
        return m_pseudo[pcpu];
    if (VcpuTrack *known = find(tid))
        return *known;
    m_dead.erase(tid);
    m_lives.push_back({tid, std::make_unique<VcpuTrack>(), kNoTime});
    VcpuTrack &track = *m_lives.back().track;
    m_living[tid] = {m_lives.size() - 1, &track};
    if (m_anyLoss)
        track.forgetRest(); // its exits so far can be lost
    return track;
}

std::int32_t HostMachine::threadOf(const Record &record) const
{
    if (record.kind == EventKind::SchedSwitch)
        return record.switched.prevTid;
    const std::int32_t tid = record.tid != kNoThread ? record.tid : m_view.current(record.pcpu);
    const bool isOfVcpu = record.kind == EventKind::VmEntry || record.kind == EventKind::VmExit
        || record.kind == EventKind::UserspaceExit;
    return isOfVcpu && tid == 0 ? kNoThread : tid; // the idle thread makes no KVM events
}

bool HostMachine::isKvmEvent(const Record &record, std::int32_t tid) const
{
    switch (record.kind) {
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::UserspaceExit:
        return true;
    case EventKind::IoctlEntry:
        return tid > 0 && record.ioctlEntry.cmd == kKvmRun;
    case EventKind::IoctlExit: {
        const Ioctl *last = tid > 0 ? m_ioctls.find(tid) : nullptr;
        return tid > 0 && (!last || last->runs);
    }
    default:
        return false;
    }
}

// Whether nothing that a thread shows on that pCPU makes it known.
bool HostMachine::hides(std::int32_t pcpu) const
{
    return switchesSpeak() ? m_blindness.isBlind(pcpu) : m_blindness.isAnyBlind(pcpu);
}

void HostMachine::add(std::span<const Record> records)
{
    for (std::size_t i = 0; i < records.size(); ++i) {
        const Record &record = records[i];
        if (!m_group.empty() && m_group.front().timeNs != record.timeNs)
            takeGroup();
        const bool isAlone = m_group.empty() && isEvent(record.kind) && i + 1 < records.size()
            && records[i + 1].timeNs != record.timeNs;
        if (isAlone)
            takeEvent(record);
        else
            collect(record);
    }
}

void HostMachine::collect(const Record &record)
{
    if (record.kind == EventKind::ThreadInfo)
        return; // tells no time
    constexpr std::size_t kMostOfOneTime = 65'536; // where a clock stands still: in parts then
    if (m_group.size() == kMostOfOneTime)
        takeGroup();
    m_group.push_back(record);
}

void HostMachine::takeGroup()
{
    if (m_group.size() == 1 && isEvent(m_group.front().kind)) {
        takeEvent(m_group.front());
        m_group.clear();
        return;
    }
    announce();
    for (const Record &record : m_group)
        take(record);
    m_group.clear();
}

// What is known of a time before its first event: which pCPUs are blind as the others see it, and, where a stream
// begins, who is current on its pCPU.
void HostMachine::announce()
{
    std::vector<std::int32_t> begins;
    for (const Record &record : m_group) {
        m_blindness.announce(record);
        if (record.kind == EventKind::Blind && m_group.size() > 1) {
            loseUnseen(record, Unseen::Elsewhere);
            if (record.blind.ofSwitches != 0)
                m_view.forgetWhoIsOff();
        }
        if (record.kind == EventKind::NextSwitch && m_next.isNew(record.stream)) {
            m_next.tell(record);
            begins.push_back(record.pcpu);
        }
    }
    for (const std::int32_t pcpu : begins) {
        const bool isBlind = m_blindness.areSwitchesBlind(pcpu) || m_blindness.areSwitchesBlindSeenElsewhere(pcpu);
        if (!isBlind && m_begun.insert(pcpu).second)
            settleCurrent(pcpu, m_group.front().timeNs, Settled::AtBegin);
    }
}

void HostMachine::take(const Record &record)
{
    switch (record.kind) {
    case EventKind::ThreadInfo:
        break;
    case EventKind::NextSwitch:
        m_next.tell(record);
        break;
    case EventKind::Blind:
        blind(record);
        break;
    case EventKind::Sighted:
        sighted(record);
        break;
    default:
        takeEvent(record);
        break;
    }
}

void HostMachine::takeEvent(const Record &record)
{
    const Ns t = record.timeNs;
    const std::int32_t tid = threadOf(record);
    const bool isSwitch = record.kind == EventKind::SchedSwitch;
    if (tid != kNoThread && !isSwitch) {
        if (IrqStack *irqs = m_irqs.find(record.pcpu); irqs && !irqs->isEmpty())
            addWork(record.pcpu, irqs->endOfOthers(tid), t);
    }
    VcpuTrack *own = tid > 0 ? find(tid) : nullptr;
    if (own && !isSwitch && m_switches == SwitchesRecorded::OnlyAway && isKnown(own->state()) && !runs(own->state()))
        own->switchIn(t, record.pcpu);
    const bool kvm = isKvmEvent(record, tid);
    if (kvm && tid == kNoThread) {
        const auto pseudo = m_pseudo.find(record.pcpu);
        own = pseudo == m_pseudo.end() ? nullptr : &pseudo->second;
    }
    if (record.provesHost)
        proveHost(record, own, kvm || isSwitch);
    if (record.kind == EventKind::IoctlEntry)
        ioctlEntry(record, tid);
    if (kvm)
        kvmEvent(record, tid);
    else if (isSwitch)
        schedSwitch(record);
    else if (own)
        own->plainEvent(t, record.pcpu, record.provesHost);
    if (isTouch(record.kind))
        touch(record, tid, own);
    const bool isIoctl = record.kind == EventKind::IoctlEntry || record.kind == EventKind::IoctlExit;
    if (!isSwitch && tid > 0 && (kvm || isIoctl || record.tid != kNoThread))
        showThread(record, tid, own);

    if (record.kind == EventKind::SchedWakeup) {
        if (VcpuTrack *woken = find(record.wakeup.tid))
            woken->wakeUp(t, record.wakeup.pcpu);
    } else if (record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd) {
        interrupt(record, tid);
    } else if (record.kind == EventKind::ThreadExit) {
        bury(tid, t);
    } else if (record.kind == EventKind::Migration) {
        m_migrations = true;
        if (VcpuTrack *moved = find(record.migration.tid))
            moved->migrate(t, record.migration.to);
    } else if (isOfHalts(record)) {
        haltEvent(record, tid);
    }
}

// Of a halt that was never seen to begin it tells nothing.
void HostMachine::haltEvent(const Record &record, std::int32_t tid)
{
    VcpuTrack *vcpu = tid > 0 ? find(tid) : nullptr;
    if (const auto pseudo = m_pseudo.find(record.pcpu); tid == kNoThread && pseudo != m_pseudo.end())
        vcpu = &pseudo->second;
    if (vcpu)
        vcpu->haltEvent(record);
}

// An event says where its thread is; not where only sched_switch says whose event it is.
void HostMachine::showThread(const Record &record, std::int32_t tid, VcpuTrack *own)
{
    if (m_view.isNewAt(record.pcpu, tid))
        m_view.turnUp(record.pcpu, tid, record.timeNs);
    if (VcpuTrack *vcpu = own ? own : find(tid))
        vcpu->showAt(m_blindness.isBlind(record.pcpu) ? kNoPcpu : record.pcpu);
}

void HostMachine::touch(const Record &record, std::int32_t tid, VcpuTrack *own)
{
    if (tid <= 0) { // not known, as that of an exit
        const auto pseudo = m_pseudo.find(record.pcpu);
        own = pseudo == m_pseudo.end() || m_blindness.isBlind(record.pcpu) ? nullptr : &pseudo->second;
    } else if (own && hides(record.pcpu)) {
        own = nullptr;
    }
    if (own)
        own->touch(record.kind == EventKind::Touch ? record.touch : TouchData{kDeadlineMsr, 0});
}

// The event ends the run on its pCPU; `ownEvent`: that of its own thread it ends by itself.
void HostMachine::proveHost(const Record &record, const VcpuTrack *own, bool ownEvent)
{
    VcpuTrack **there = m_inGuest.find(record.pcpu);
    if (!there || !*there)
        return;
    // The vCPU may have shown itself elsewhere since.
    if ((*there != own || !ownEvent) && (*there)->pcpu() == record.pcpu)
        (*there)->hostEvent(record.timeNs);
    *there = nullptr;
}

void HostMachine::ioctlEntry(const Record &record, std::int32_t tid)
{
    if (tid <= 0)
        return;
    if (hides(record.pcpu))
        m_ioctls.erase(tid); // another one may follow unseen
    else
        m_ioctls[tid] = {record.ioctlEntry.cmd == kKvmRun, record.pcpu};
}

void HostMachine::kvmEvent(const Record &record, std::int32_t tid)
{
    if (record.kind == EventKind::VmEntry)
        endInterrupts(record.pcpu, record.timeNs);
    const bool isPseudo = tid == kNoThread;
    if (isPseudo ? m_blindness.isBlind(record.pcpu) : hides(record.pcpu)) {
        VcpuTrack &vcpu = track(tid, record.pcpu);
        const bool isExit = record.kind == EventKind::VmExit;
        vcpu.lose(record.timeNs, false);
        const std::uint16_t reason
            = isExit ? m_reasons.indexOf(reasonKey(record.isa, record.exit.reason)) : std::uint16_t(0);
        vcpu.noteBlindly(record, reason, isExit && m_reasons[reason].isHalt);
        m_ioctls.erase(tid);
        return;
    }
    if (!isPseudo && switchesSpeak())
        checkPlace(record, tid);
    VcpuTrack &vcpu = track(tid, record.pcpu);
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
        const std::uint16_t reason = m_reasons.indexOf(reasonKey(record.isa, record.exit.reason));
        vcpu.exit(t, record.pcpu, record, reason, m_reasons[reason].isHalt);
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

void HostMachine::bury(std::int32_t tid, Ns t)
{
    m_dead.insert(tid);
    m_ioctls.erase(tid);
    m_view.bury(tid);
    if (tid != kNoThread)
        buryInterrupts(tid, t);
    const Living *living = m_living.find(tid);
    if (!living)
        return;
    Life &life = m_lives[living->life];
    life.track->die(t);
    life.diedNs = t;
    m_living.erase(tid);
}

// What it leaves open ends with it; the next thread with its tid has no part in it.
void HostMachine::buryInterrupts(std::int32_t tid, Ns t)
{
    VcpuTrack *vcpu = find(tid);
    m_irqs.forEach([&](std::int32_t pcpu, IrqStack &irqs) {
        for (const IrqStack::Work &work : irqs.open())
            if (vcpu && work.tid == tid)
                vcpu->interruptWork(work.begin, t, pcpu);
        irqs.bury(tid);
    });
}

void HostMachine::interrupt(const Record &record, std::int32_t tid)
{
    IrqStack &irqs = m_irqs[record.pcpu];
    if (record.kind == EventKind::IrqEnd) {
        if (const auto work = irqs.end(record.irq.source))
            addWork(record.pcpu, {*work}, record.timeNs);
    } else if (!m_blindness.isBlind(record.pcpu)) {
        irqs.begin(record.irq.source, record.timeNs, tid);
    }
}

void HostMachine::endInterrupts(std::int32_t pcpu, Ns t)
{
    IrqStack *irqs = m_irqs.find(pcpu);
    if (irqs && !irqs->isEmpty())
        addWork(pcpu, irqs->endAll(), t);
}

void HostMachine::addWork(std::int32_t pcpu, const std::vector<IrqStack::Work> &ended, Ns end)
{
    for (const IrqStack::Work &work : ended)
        if (work.tid == kNoThread)
            m_pseudo[pcpu].interruptWork(work.begin, end, pcpu);
        else if (VcpuTrack *vcpu = work.tid == IrqStack::kDeadThread ? nullptr : find(work.tid))
            vcpu->interruptWork(work.begin, end, pcpu);
}

// Where a stretch begins every vCPU becomes Unknown that is not shown on another pCPU that is seen. At one time with
// other events: those that are elsewhere, as it is seen from there, before all of them.
void HostMachine::loseUnseen(const Record &blind, Unseen which)
{
    const std::int32_t pcpu = blind.pcpu;
    m_anyLoss = true;
    m_living.forEach([&](std::int32_t tid, const Living &living) {
        VcpuTrack &vcpu = *living.track;
        const bool isThere = runs(vcpu.state()) && (pcpu == kNoPcpu || vcpu.pcpu() == pcpu);
        if (which == Unseen::Elsewhere && (isThere || pcpu == kNoPcpu || m_view.place(tid) == pcpu))
            return;
        if (!isShownElsewhere(tid, vcpu.shownAt(), pcpu))
            vcpu.lose(blind.timeNs, isThere);
    });
}

void HostMachine::blind(const Record &record)
{
    const Ns t = record.timeNs;
    const std::int32_t pcpu = record.pcpu;
    loseUnseen(record, Unseen::All);
    m_away.clear(); // what brings them back can be lost
    for (auto &[at, vcpu] : m_pseudo)
        if (pcpu == kNoPcpu || pcpu == at)
            vcpu.lose(t, true);
    m_ioctls.eraseIf([&](std::int32_t tid, const Ioctl &last) {
        const VcpuTrack *vcpu = find(tid);
        return !isShownElsewhere(tid, vcpu ? vcpu->shownAt() : last.pcpu, pcpu);
    });
    m_irqs.forEach([&](std::int32_t at, IrqStack &irqs) {
        if (pcpu == kNoPcpu || pcpu == at)
            addWork(at, irqs.endAll(), t);
    });
    m_blindness.pass(record);
    if (record.blind.ofSwitches == 0)
        return;
    m_view.forget(pcpu, t);
    m_living.forEach([&](std::int32_t, const Living &living) {
        if (pcpu == kNoPcpu || living.track->shownAt() == pcpu)
            living.track->showAt(kNoPcpu);
    });
    if (pcpu != kNoPcpu) // else it is of no stream that tells of switches
        m_next.passed(record.stream, pcpu);
}

void HostMachine::sighted(const Record &record)
{
    std::vector<std::int32_t> pcpus{record.pcpu};
    if (record.pcpu == kNoPcpu)
        pcpus = m_next.pcpus();
    std::erase_if(pcpus, [this](std::int32_t pcpu) { return !m_blindness.areSwitchesBlind(pcpu); });
    m_blindness.pass(record);
    for (const std::int32_t pcpu : pcpus) {
        m_begun.insert(pcpu);
        if (!m_blindness.areSwitchesBlind(pcpu))
            settleCurrent(pcpu, record.timeNs, Settled::AfterLoss);
    }
}

// Whether the thread is on a pCPU other than `pcpu` that is not blind: by sched_switch or, where that says nothing of
// that pCPU, by its own events (`ownPcpu`). Without sched_switch in the recording it could be anywhere.
bool HostMachine::isShownElsewhere(std::int32_t tid, std::int32_t ownPcpu, std::int32_t pcpu) const
{
    if (pcpu == kNoPcpu || !switchesSpeak())
        return false;
    const auto isSeen
        = [&](std::int32_t at) { return at != kNoPcpu && at != pcpu && !m_blindness.isBlindSeenElsewhere(at); };
    return isSeen(m_view.place(tid)) || (isSeen(ownPcpu) && !m_view.hasSpoken(ownPcpu));
}

void HostMachine::finish(Ns end)
{
    takeGroup();
    m_irqs.forEach([&](std::int32_t pcpu, IrqStack &irqs) { addWork(pcpu, irqs.endAll(), end); });
}

WaitTrack::Elsewhere HostMachine::waitedElsewhere() const
{
    WaitTrack::Elsewhere sum;
    for (const Life &life : m_lives) {
        sum.times += life.track->waitedElsewhere().times;
        sum.ns += life.track->waitedElsewhere().ns;
    }
    return sum;
}

HostContradictions HostMachine::contradictions() const
{
    HostContradictions sum = m_contradictions;
    const auto collect = [&sum](const VcpuTrack &vcpu) {
        sum.entryInEntry += vcpu.contradictions().entryInEntry;
        sum.exitWithoutEntry += vcpu.contradictions().exitWithoutEntry;
        sum.userspaceInEntry += vcpu.contradictions().userspaceInEntry;
    };
    for (const Life &life : m_lives)
        collect(*life.track);
    for (const auto &[pcpu, vcpu] : m_pseudo)
        collect(vcpu);
    return sum;
}

} // namespace exitscope
