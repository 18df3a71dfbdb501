// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_machine.h"

namespace exitscope::naive {
namespace {

constexpr std::int32_t kIdle = 0;

// Of these the idle thread makes none.
bool isKvmTracepoint(EventKind kind)
{
    return kind == EventKind::VmEntry || kind == EventKind::VmExit || kind == EventKind::UserspaceExit;
}

bool isIoctl(EventKind kind)
{
    return kind == EventKind::IoctlEntry || kind == EventKind::IoctlExit;
}

} // namespace

Machine::Machine(const testing::EventStreams &streams)
    : m_streams(streams), m_hasSwitches(streams.declareSwitches()), m_course(courseOf(streams))
{
    for (const testing::EventStream &stream : streams.streams)
        m_pcpus.insert(stream.pcpu);
}

Result Machine::run()
{
    for (const std::int32_t pcpu : m_pcpus)
        tellWhoIsThere(pcpu);
    for (m_now = 0; m_now < m_course.moments.size(); ++m_now) {
        const Moment &moment = m_course.moments[m_now];
        switch (moment.kind) {
        case Moment::Kind::LossSeen:
            lossSeen(m_course.stretches[moment.stretch]);
            break;
        case Moment::Kind::LossBegins:
            lossBegins(m_course.stretches[moment.stretch], moment.time);
            break;
        case Moment::Kind::LossEnds:
            lossEnds(m_course.stretches[moment.stretch]);
            break;
        case Moment::Kind::Event:
            event(moment.event, moment.pcpu);
            break;
        }
    }
    Result result;
    std::map<Who, std::vector<Work>> work = m_work.finish(m_streams.to);
    for (const auto &[who, tale] : m_tales)
        if (tale.isVcpu())
            result.vcpus.emplace(who, tale.finish(m_streams.from, m_streams.to, work[who]));
    for (const auto &[kind, moment] : m_shown)
        ++result.contradictions[static_cast<std::size_t>(kind)];
    return result;
}

void Machine::event(const Record &event, std::int32_t pcpu)
{
    const Ns time = event.timeNs;
    Who who = whoOf(event, pcpu);
    if (isKvmTracepoint(event.kind) || isIoctl(event.kind) || event.kind == EventKind::IrqBegin)
        revive(who.tid);
    if (who.tid != kNoThread)
        who = thread(who.tid);
    proveHost(event, pcpu, who);
    interruptWork(event, pcpu, who);
    if (event.kind == EventKind::SchedSwitch) {
        schedSwitch(event, pcpu);
        return;
    }
    if (isKvmTracepoint(event.kind))
        kvmEvent(event, pcpu, who);
    if (event.kind == EventKind::Touch)
        touch(event, pcpu, who);
    if (isIoctl(event.kind) && who.tid != kNoThread && who.tid != kIdle)
        ioctl(event, pcpu, who);
    if (who.tid != kNoThread && who.tid != kIdle) {
        // Else only sched_switch says whose it is.
        const bool showsThread = event.tid != kNoThread || isKvmTracepoint(event.kind) || isIoctl(event.kind);
        if (showsThread) {
            m_switches.turnsUp(who.tid, pcpu);
            tale(who).ownEvent(time, pcpu, isBlind(pcpu), event.provesHost);
        }
        if (event.kind == EventKind::ThreadExit)
            tale(who).die(time);
    }
    if (VcpuTale *woken = event.kind == EventKind::SchedWakeup ? taleOf(event.wakeup.tid) : nullptr)
        woken->wake(time);
}

// Where its thread is not known, it is of the pseudo-vCPU.
void Machine::touch(const Record &event, std::int32_t pcpu, Who who)
{
    if (who.tid == kIdle)
        who = {kNoThread, pcpu, 0};
    const auto found = m_tales.find(who);
    if (found != m_tales.end() && !found->second.isDead() && makesKnown(who, pcpu, event.timeNs))
        found->second.touch(event.touch);
}

Who Machine::whoOf(const Record &event, std::int32_t pcpu) const
{
    std::int32_t tid = event.tid;
    if (event.kind == EventKind::SchedSwitch)
        tid = event.switched.prevTid;
    else if (tid == kNoThread)
        tid = m_switches.current(pcpu).value_or(kNoThread);
    if (tid == kNoThread || (tid == kIdle && isKvmTracepoint(event.kind)))
        return {kNoThread, pcpu, 0};
    return {tid, kNoPcpu, 0};
}

// A KVM event or an ioctl of a tid that died is of a new thread.
void Machine::revive(std::int32_t tid)
{
    const VcpuTale *old = taleOf(tid);
    if (old && old->isDead())
        ++m_lives[tid];
}

void Machine::proveHost(const Record &event, std::int32_t pcpu, Who who)
{
    if (!event.provesHost)
        return;
    for (auto &[of, tale] : m_tales)
        tale.proveHost(event.timeNs, pcpu, of.tid != kNoThread && of == who);
}

void Machine::interruptWork(const Record &event, std::int32_t pcpu, Who who)
{
    const Ns time = event.timeNs;
    if (event.kind == EventKind::SchedSwitch || event.kind == EventKind::VmEntry)
        m_work.endAll(pcpu, time);
    if (who.tid != kNoThread)
        m_work.endOfOthers(pcpu, who, time);
    if (event.kind == EventKind::IrqBegin && !isBlind(pcpu))
        m_work.begin(pcpu, event.irq.source, who, time);
    if (event.kind == EventKind::IrqEnd)
        m_work.end(pcpu, event.irq.source, time);
}

void Machine::ioctl(const Record &event, std::int32_t pcpu, Who who)
{
    const bool isEntry = event.kind == EventKind::IoctlEntry;
    const bool isRun = isEntry ? event.ioctlEntry.cmd == kKvmRun : tale(who).exitOfIoctlIsOfRun();
    if (isRun)
        kvmEvent(event, pcpu, who);
    else if (isEntry && makesKnown(who, pcpu, event.timeNs)) // else another one may follow unseen
        tale(who).ioctlEntry(false);
    else if (isEntry)
        tale(who).forgetIoctl();
}

void Machine::kvmEvent(const Record &event, std::int32_t pcpu, Who who)
{
    KvmEvent at{event.timeNs, pcpu, makesKnown(who, pcpu, event.timeNs), false};
    if (who.tid != kNoThread && !isBlind(pcpu) && showsWrongPcpu(who.tid, pcpu)) {
        at.atWrongPcpu = true;
        wrongPcpu(who.tid, pcpu, at.time);
    }
    VcpuTale &vcpu = tale(who);
    Shown shown;
    switch (event.kind) {
    case EventKind::VmEntry:
        shown = vcpu.entry(at);
        break;
    case EventKind::VmExit:
        shown = vcpu.exit(at, event);
        break;
    case EventKind::UserspaceExit:
        shown = vcpu.userspaceExit(at, event.userspaceExit);
        break;
    case EventKind::IoctlEntry:
        vcpu.runEntry(at);
        break;
    default:
        shown = vcpu.runExit(at);
        break;
    }
    if (shown.entryInEntry)
        count(1, m_now);
    if (shown.exitWithoutEntry)
        count(2, m_now);
    if (shown.userspaceInEntry)
        count(6, m_now);
}

bool Machine::showsWrongPcpu(std::int32_t tid, std::int32_t pcpu) const
{
    if (const std::optional<std::int32_t> current = m_switches.current(pcpu))
        return *current != tid;
    return m_switches.isElsewhere(tid, pcpu) || m_switches.isOff(tid);
}

void Machine::wrongPcpu(std::int32_t tid, std::int32_t pcpu, Ns time)
{
    count(3, m_now);
    tale(thread(tid)).doubtUntil(time);
    if (const std::optional<std::int32_t> current = m_switches.current(pcpu))
        doubtUntilNext(*current);
}

void Machine::schedSwitch(const Record &event, std::int32_t pcpu)
{
    const Ns time = event.timeNs;
    const std::int32_t goes = event.switched.prevTid;
    const std::int32_t comes = event.switched.nextTid;
    if (!isBlind(pcpu))
        switchFromOther(goes, pcpu);
    m_switches.turnsUp(goes, pcpu);
    if (goes != kIdle) {
        VcpuTale &gone = tale(thread(goes));
        gone.switchOut(time, event.switched.prevState);
        if (isAnyBlind(pcpu, time, false))
            gone.lose(time, false);
        if (!gone.isDead() && !isAnyBlind(pcpu, time, true))
            m_switches.takesOff(goes);
    }
    tale({kNoThread, pcpu, 0}).otherThreadComes(time);
    if (lostSwitches(pcpu))
        return; // sched_switch says nothing of who is there
    if (!isBlind(pcpu))
        switchToElsewhere(comes, pcpu, m_now);
    m_switches.puts(comes, pcpu);
    if (comes != kIdle)
        tale(thread(comes)).switchIn(time, pcpu);
}

void Machine::switchFromOther(std::int32_t tid, std::int32_t pcpu)
{
    const std::optional<std::int32_t> current = m_switches.current(pcpu);
    if (current == tid)
        return;
    bool inDoubt = current && doubtUntilNext(*current);
    if (m_switches.isElsewhere(tid, pcpu) || m_switches.isOff(tid))
        inDoubt |= doubtUntilNext(tid);
    if (inDoubt)
        count(4, m_now);
}

void Machine::switchToElsewhere(std::int32_t tid, std::int32_t pcpu, std::size_t shownBy)
{
    const VcpuTale *vcpu = taleOf(tid);
    const std::optional<std::int32_t> own = vcpu ? vcpu->pcpuOfOwnLastEvent() : std::nullopt;
    if ((m_switches.isElsewhere(tid, pcpu) || (own && *own != pcpu)) && doubtUntilNext(tid))
        count(5, shownBy);
}

Who Machine::thread(std::int32_t tid) const
{
    return {tid, kNoPcpu, count(m_lives, tid)};
}

VcpuTale &Machine::tale(Who who)
{
    const auto [tale, isNew] = m_tales.try_emplace(who, m_streams.from, who.pcpu);
    if (isNew && m_anyLoss)
        tale->second.missEvents();
    return tale->second;
}

VcpuTale *Machine::taleOf(std::int32_t tid)
{
    const auto found = m_tales.find(thread(tid));
    return tid == kIdle || tid == kNoThread || found == m_tales.end() ? nullptr : &found->second;
}

bool Machine::doubtUntilNext(std::int32_t tid)
{
    VcpuTale *tale = taleOf(tid);
    return tale && tale->doubtUntilNext();
}

} // namespace exitscope::naive
